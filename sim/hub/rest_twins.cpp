#include "hub/rest_twins.h"

#include "hub/json_fields.h"
#include "hub/quota.h"

namespace twinstorm::hub {
namespace {

using Write = Outcome<void> (TwinStore::*)(Identity&, const boost::json::object&, std::string_view,
                                           Instant);

Outcome<net::HttpResponse> write_twin(Shard& shard, const RestRequest& request, Write write) {
    const auto identity = shard.registry.require(request.name);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    const auto body = parse_object(request.body);
    const auto done = body
                          ? (shard.twins.*write)(**identity, *body, request.if_match(), request.now)
                          : Outcome<void>(tl::unexpected(body.error()));
    ++(done ? shard.twin_counts.updates : shard.twin_counts.refused);
    if (!done) {
        return tl::unexpected(done.error());
    }
    return json_response(200, shard.twins.service_view(**identity));
}

}  // namespace

Outcome<net::HttpResponse> get_twin(Shard& shard, const RestRequest& request) {
    const auto identity = shard.registry.require(request.name);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    ++shard.twin_counts.reads;
    net::HttpResponse response = json_response(200, shard.twins.service_view(**identity));
    shard.common.quota.count_rest(QuotaKind::kTwinReads, response.body.size(), request.now.wall);
    return response;
}

Outcome<net::HttpResponse> patch_twin(Shard& shard, const RestRequest& request) {
    return write_twin(shard, request, &TwinStore::patch);
}

Outcome<net::HttpResponse> replace_twin(Shard& shard, const RestRequest& request) {
    return write_twin(shard, request, &TwinStore::replace);
}

}  // namespace twinstorm::hub
