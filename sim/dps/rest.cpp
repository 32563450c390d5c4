#include "dps/rest.h"

#include <utility>

#include "dps/device_routes.h"
#include "dps/limits.h"
#include "dps/rest_message.h"
#include "dps/service_routes.h"
#include "dps/text.h"

namespace twinstorm::dps {
namespace {

Outcome<net::HttpResponse> answer(Core& core, RateWindow& rate, const net::HttpRequest& request,
                                  Instant now) {
    const auto read = read_request(request, now);
    if (!read) {
        return tl::unexpected(read.error());
    }
    if (read->segments.front() == core.options.id_scope) {
        return answer_device(core, *read);
    }
    if (core.options.throttle && !rate.admit(now.run, kServiceOperationsMax, kServiceWindow)) {
        ++core.statistics.throttled;
        return refuse(FaultCode::kThrottled, "Operation is throttled",
                      rate.wait(now.run, kServiceWindow));
    }
    return answer_service(core, *read);
}

}  // namespace

void Rest::handle(net::HttpRequest request, net::HttpReply reply, TimePoint now) {
    const Instant instant = core_.instant(now);
    auto response = answer(core_, rate_, request, instant);
    if (response) {
        reply(*std::move(response));
        return;
    }
    core_.log.line(now, "dps: refused {} {}: {}", printable(request.method),
                   printable(request.target), printable(response.error().text));
    reply(fault_response(response.error(), core_.next_tracking_id(), instant.wall));
}

}  // namespace twinstorm::dps
