#include "hub/rest_methods.h"

#include <utility>

#include "hub/json_fields.h"
#include "hub/shards.h"

namespace twinstorm::hub {
namespace {

net::HttpResponse method_answer(MethodAnswer answer) {
    return json_response(200, method_answer_view(std::move(answer)));
}

}  // namespace

void call_method(Shard& here, const ExchangePointer& exchange, MethodRequest request,
                 RenderMethodAnswer render, TimePoint now) {
    const auto call = [exchange, render, wanted = std::move(request)](Shard& owner,
                                                                      TimePoint then) {
        owner.methods.call(
            exchange->request().name, wanted,
            [&owner, exchange, render](Outcome<MethodAnswer> answer, TimePoint last) {
                if (answer) {
                    exchange->answer(owner, render(*std::move(answer)), last);
                } else {
                    exchange->answer(owner, tl::unexpected(answer.error()), last);
                }
            },
            then);
    };
    here.all.on(here.all.owner_of(exchange->request().name.device_id), here, now, call);
}

void invoke_method(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    const auto body = parse_object(exchange->request().body);
    auto request =
        body ? read_method_request(*body) : Outcome<MethodRequest>(tl::unexpected(body.error()));
    if (!request) {
        exchange->answer(here, tl::unexpected(request.error()), now);
        return;
    }
    call_method(here, exchange, *std::move(request), method_answer, now);
}

}  // namespace twinstorm::hub
