#include "hub/exchange.h"

#include <utility>

#include "hub/shards.h"
#include "twinstorm/base/check.h"

namespace twinstorm::hub {

Exchange::Exchange(Shard& origin, net::HttpRequest request, net::HttpReply reply)
    : origin_(origin), http_(std::move(request)), reply_(std::move(reply)) {}

Outcome<void> Exchange::read(Instant now) {
    auto read = read_request(http_, now);
    if (!read) {
        return tl::unexpected(read.error());
    }
    read_ = *std::move(read);
    return {};
}

void Exchange::answer(Shard& here, Outcome<net::HttpResponse> response, TimePoint now) {
    TWINSTORM_CHECK(reply_ != nullptr);
    if (!response) {
        response = error_response(here, response.error(), here.instant(now));
    } else {
        response->headers.emplace_back(kRequestIdHeader, here.next_tracking_id());
    }
    response->headers.emplace_back("Server", "Microsoft-HTTPAPI/2.0");
    here.all.on(origin_, here, now,
                [reply = std::exchange(reply_, nullptr), last = *std::move(response)](
                    Shard&, TimePoint) mutable { reply(std::move(last)); });
}

}  // namespace twinstorm::hub
