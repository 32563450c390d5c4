#include "dps/device_routes.h"

#include <string>

#include <fmt/format.h>

#include "dps/text.h"

namespace twinstorm::dps {
namespace {

// `/{idScope}/registrations/{regId}[/register | /operations/{operationId}]`
constexpr std::size_t kNamePlace = 2;
constexpr std::size_t kVerbPlace = 3;
constexpr std::size_t kOperationPlace = 4;

Outcome<net::HttpResponse> respond(const Outcome<Answer>& answer) {
    if (!answer) {
        return tl::unexpected(answer.error());
    }
    net::HttpResponse response = json_response(answer->status, answer->body);
    if (answer->retry_after.count() > 0) {
        response.headers.emplace_back("Retry-After",
                                      fmt::format("{}", answer->retry_after.count()));
    }
    return response;
}

bool asks(const RestRequest& request, std::string_view method, std::string_view verb,
          std::size_t segments) {
    return request.method == method && request.segments.size() == segments &&
           (verb.empty() || request.segments[kVerbPlace] == verb);
}

}  // namespace

Outcome<net::HttpResponse> answer_device(Core& core, const RestRequest& request) {
    if (request.segments.size() <= kNamePlace || request.segments[1] != "registrations") {
        return refuse(FaultCode::kNoResource, "There is no such resource");
    }
    const std::string& id = request.segments[kNamePlace];
    if (!is_registration_id(id)) {
        return refuse(FaultCode::kBadRequest, "The registration id is malformed");
    }
    const auto caller = attest_token(core.attestation_rules(), id, request.header("Authorization"),
                                     request.now.wall);
    if (!caller) {
        return tl::unexpected(caller.error());
    }
    if (asks(request, "PUT", "register", kVerbPlace + 1)) {
        return respond(core.registrations.begin(*caller, request.body, request.now));
    }
    if (asks(request, "GET", "operations", kOperationPlace + 1)) {
        return respond(
            core.registrations.poll(*caller, request.segments[kOperationPlace], request.now));
    }
    if (asks(request, "POST", "", kNamePlace + 1)) {
        const auto found = core.registrations.get(id);
        return found ? Outcome<net::HttpResponse>(json_response(200, state_view(**found)))
                     : tl::unexpected(found.error());
    }
    return refuse(FaultCode::kNoMethod, "The resource has no such method");
}

}  // namespace twinstorm::dps
