#include "asio_net/farewell.h"

#include <utility>

#include "asio_net/core.h"
#include "asio_net/limits.h"
#include "asio_net/stream.h"

namespace twinstorm::asio_net {

namespace asio = boost::asio;

void Farewell::add(Socket socket, TimePoint now) {
    finish_sending(socket.get());
    Leaving leaving{decltype(Leaving::descriptor)(core_.context()), now + kLingerTimeout};
    boost::system::error_code error;
    leaving.descriptor.assign(socket.get(), error);
    if (error) {
        return;  // Too little memory to be polite.
    }
    static_cast<void>(socket.release());
    if (ended(leaving)) {
        return;
    }
    const auto entry = leaving_.emplace(++last_number_, std::move(leaving)).first;
    wait(entry->first, entry->second);
}

// Discards what has come; TLS is over, too.
bool Farewell::ended(Leaving& leaving) {
    Stream raw;
    raw.attach(leaving.descriptor.native_handle());
    for (std::size_t turn = 0; turn < kReadsPerTurn; ++turn) {
        switch (raw.read(core_.read_buffer()).step) {
            case Step::kDone:
                break;
            case Step::kWantRead:
            case Step::kWantWrite:
                return false;
            case Step::kClosed:
            case Step::kFailed:
                return true;
        }
    }
    return false;
}

void Farewell::wait(std::uint64_t number, Leaving& leaving) {
    leaving.descriptor.async_wait(
        asio::posix::descriptor_base::wait_read,
        [this, number](const boost::system::error_code& error) {
            const auto entry = leaving_.find(number);
            if (error == asio::error::operation_aborted || entry == leaving_.end()) {
                return;
            }
            if (ended(entry->second)) {
                leaving_.erase(entry);
            } else {
                wait(number, entry->second);
            }
        });
}

void Farewell::advance(TimePoint now) {
    while (!leaving_.empty() && leaving_.begin()->second.until <= now) {
        leaving_.erase(leaving_.begin());
    }
}

std::optional<TimePoint> Farewell::next_deadline() const {
    return leaving_.empty() ? std::nullopt : std::optional(leaving_.begin()->second.until);
}

}  // namespace twinstorm::asio_net
