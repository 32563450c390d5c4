// The way of a server's connection from one loop to another.
#include <utility>

#include "asio_net/connection.h"
#include "asio_net/core.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {

Connection::Connection(Core& core, Ticket ticket, Parcel& parcel)
    : core_(core),
      stream_(std::move(parcel.stream)),
      conversation_(parcel.conversation.get()),
      owned_(std::move(parcel.conversation)),
      unsent_(std::move(parcel.unsent)),
      unsent_at_(parcel.unsent_at),
      limit_(parcel.limit),
      ticket_(ticket),
      state_(State::kOpen),
      ended_(parcel.ended),
      server_(true) {}

// From here on whoever calls the conversation finds the connection gone, and leaves it as it is.
void Connection::depart() {
    TWINSTORM_CHECK(is_server() && state_ == State::kOpen && !gone_);
    gone_ = true;
}

std::unique_ptr<Parcel> Connection::pack() {
    auto parcel = std::make_unique<Parcel>();
    parcel->conversation = std::move(owned_);
    core_.forget(socket_.get());
    parcel->socket = std::move(socket_);
    parcel->stream = std::move(stream_);
    parcel->unsent = std::move(unsent_);
    parcel->unsent_at = unsent_at_;
    parcel->limit = limit_;
    parcel->ended = ended_;
    conversation_ = nullptr;
    return parcel;
}

void Connection::arrive(Socket socket, TimePoint now) {
    socket_ = std::move(socket);
    const int error = core_.watch(socket_.get(), ticket_, watch_);
    static_cast<net::ServerConversation&>(*conversation_).moved(ticket_.handle, now);
    if (gone_) {
        return;
    }
    if (error != 0) {
        drop(system_error(error, "hand-over", ErrorCode::kExhausted), now);
        return;
    }
    exchange(now);  // Bytes may have come, into TLS as well, that nobody was told of.
}

}  // namespace twinstorm::asio_net
