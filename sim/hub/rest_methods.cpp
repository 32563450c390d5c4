#include "hub/rest_methods.h"

#include <memory>
#include <utility>

#include "hub/json_fields.h"
#include "hub/method_calls.h"
#include "hub/shards.h"

namespace twinstorm::hub {
namespace {

void call(Shard& owner, const ExchangePointer& exchange, MethodRequest request, TimePoint now) {
    const iothub::IdentityName name = exchange->request().name;
    owner.methods.call(
        name, std::move(request),
        [&owner, exchange](Outcome<MethodAnswer> answer, TimePoint then) {
            if (!answer) {
                exchange->answer(owner, tl::unexpected(answer.error()), then);
                return;
            }
            exchange->answer(owner, json_response(200, method_answer_view(*std::move(answer))),
                             then);
        },
        now);
}

}  // namespace

void invoke_method(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    const auto body = parse_object(exchange->request().body);
    auto request =
        body ? read_method_request(*body) : Outcome<MethodRequest>(tl::unexpected(body.error()));
    if (!request) {
        exchange->answer(here, tl::unexpected(request.error()), now);
        return;
    }
    here.all.on(here.all.owner_of(exchange->request().name.device_id), here, now,
                [exchange, wanted = *std::move(request)](Shard& owner, TimePoint then) {
                    call(owner, exchange, wanted, then);
                });
}

}  // namespace twinstorm::hub
