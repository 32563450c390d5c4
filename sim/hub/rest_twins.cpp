#include "hub/rest_twins.h"

#include "hub/json_fields.h"

namespace twinstorm::hub {
namespace {

using Write = Outcome<void> (TwinStore::*)(Identity&, const boost::json::object&, std::string_view,
                                           Instant);

Outcome<net::HttpResponse> write_twin(Core& core, const RestRequest& request, Write write) {
    const auto identity = core.registry.require(request.name);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    const auto body = parse_object(request.body);
    const auto done = body ? (core.twins.*write)(**identity, *body, request.if_match(), request.now)
                           : Outcome<void>(tl::unexpected(body.error()));
    ++(done ? core.twin_counts.updates : core.twin_counts.refused);
    if (!done) {
        return tl::unexpected(done.error());
    }
    return json_response(200, core.twins.service_view(**identity));
}

}  // namespace

Outcome<net::HttpResponse> get_twin(Core& core, const RestRequest& request) {
    const auto identity = core.registry.require(request.name);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    ++core.twin_counts.reads;
    return json_response(200, core.twins.service_view(**identity));
}

Outcome<net::HttpResponse> patch_twin(Core& core, const RestRequest& request) {
    return write_twin(core, request, &TwinStore::patch);
}

Outcome<net::HttpResponse> replace_twin(Core& core, const RestRequest& request) {
    return write_twin(core, request, &TwinStore::replace);
}

}  // namespace twinstorm::hub
