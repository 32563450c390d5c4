#include "asio_net/dialer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/post.hpp>

#include "asio_net/connection.h"
#include "asio_net/core.h"
#include "asio_net/socket.h"
#include "twinstorm/base/check.h"

namespace twinstorm::asio_net {

namespace asio = boost::asio;

Dialer::Dialer(Core& core, const LoopOptions& options)
    : core_(core), resolver_(core.context()), in_flight_max_(options.connects_in_flight_max) {
    TWINSTORM_CHECK(in_flight_max_ > 0);
    for (const std::string& source : options.source_addresses) {
        boost::system::error_code error;
        sources_.push_back(asio::ip::make_address(source, error));
        TWINSTORM_CHECK(!error);
    }
}

Target& Dialer::target(const net::Destination& destination) {
    const std::string key = fmt::format("{} {} {} {}", destination.host, destination.port,
                                        destination.server_name, destination.tls);
    std::unique_ptr<Target>& target = targets_[key];
    if (target == nullptr) {
        target = std::make_unique<Target>();
        target->destination = destination;
        target->where = join_host_port(destination.host, destination.port);
        forget(*target);
    }
    return *target;
}

void Dialer::forget(Target& target) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(target.destination.host, error);
    target.addresses.clear();
    target.first_address = 0;
    if (!error) {
        target.addresses.push_back(address);
    }
}

void Dialer::enqueue(Ticket ticket) {
    queue_.push_back(ticket);
    schedule();
}

void Dialer::finished() {
    TWINSTORM_CHECK(in_flight_ > 0);
    --in_flight_;
    schedule();
}

void Dialer::schedule() {
    if (scheduled_ || queue_.empty() || in_flight_ >= in_flight_max_) {
        return;
    }
    scheduled_ = true;
    asio::post(core_.context(), [this] {
        scheduled_ = false;
        begin_waiting();
    });
}

// Only as many as were waiting at the start: a dial that fails at once comes back, and must not
// keep the loop here for ever.
void Dialer::begin_waiting() {
    for (std::size_t left = queue_.size(); left > 0 && in_flight_ < in_flight_max_; --left) {
        const Ticket ticket = queue_.front();
        queue_.pop_front();
        core_.visit(ticket,
                    [](Connection& connection, TimePoint now) { connection.begin_dial(now); });
    }
    schedule();
}

void Dialer::resolve(Target& target, Ticket ticket) {
    target.waiting.push_back(ticket);
    if (target.waiting.size() > 1) {
        return;
    }
    resolver_.async_resolve(target.destination.host, std::to_string(target.destination.port),
                            [this, &target](const boost::system::error_code& error,
                                            const asio::ip::tcp::resolver::results_type& results) {
                                if (error != asio::error::operation_aborted) {
                                    on_resolved(target, error, results);
                                }
                            });
}

void Dialer::on_resolved(Target& target, const boost::system::error_code& error,
                         const asio::ip::tcp::resolver::results_type& results) {
    forget(target);
    for (const auto& entry : results) {
        target.addresses.push_back(entry.endpoint().address());
    }
    const Error why{ErrorCode::kUnreachable,
                    fmt::format("{}: the name was not resolved: {}", target.where,
                                error ? error.message() : "it has no address")};
    for (const Ticket ticket : std::exchange(target.waiting, {})) {
        core_.visit(ticket, [&](Connection& connection, TimePoint now) {
            target.addresses.empty() ? connection.unresolved(why, now) : connection.resolved(now);
        });
    }
}

std::optional<asio::ip::address> Dialer::next_source() {
    if (sources_.empty()) {
        return std::nullopt;
    }
    return sources_[source_at_++ % sources_.size()];
}

}  // namespace twinstorm::asio_net
