#include "twinstorm/paho_link/paho_link.h"

#include <utility>

#include "paho_link/paho_link_impl.h"

namespace twinstorm::paho_link {

PahoLink::PahoLink(Options options, const RealClock& clock, net::Loop& loop)
    // Shared with callbacks of Paho that may still be on their way; see the header.
    : impl_(std::make_shared<Impl>(std::move(options), clock, loop)) {}

PahoLink::~PahoLink() {
    impl_->abandon();
}

net::Handle PahoLink::attach(net::LinkUser& user) {
    return impl_->attach(user);
}

void PahoLink::open(net::OpenRequest request, TimePoint now) {
    impl_->open(request, now);
}

void PahoLink::close(TimePoint now) {
    impl_->close(now);
}

void PahoLink::subscribe(std::span<const net::TopicFilter> filters, TimePoint) {
    impl_->subscribe(filters);
}

net::PublishId PahoLink::publish(const net::Message& message, TimePoint) {
    return impl_->publish(message);
}

}  // namespace twinstorm::paho_link
