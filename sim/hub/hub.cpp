#include "twinstorm/hub/hub.h"

#include <utility>

#include "hub/core.h"
#include "hub/mqtt_service.h"
#include "hub/rest_router.h"
#include "hub/restore.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/connection_string.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::hub {

class Hub::Impl {
public:
    Impl(Options options, WallAnchor anchor, net::Loop& loop)
        : core(std::move(options), anchor, loop), mqtt(core), rest(core) {}

    Core core;
    MqttService mqtt;
    RestRouter rest;
};

Hub::Hub(Options options, WallAnchor anchor, net::Loop& loop)
    : impl_(std::make_unique<Impl>(std::move(options), anchor, loop)) {}

Hub::~Hub() = default;

Result<void> Hub::restore() {
    Core& core = impl_->core;
    const auto owner_key = base64_decode(core.policies.owner().primary_key.reveal());
    if (!owner_key || owner_key->empty()) {
        return fail(ErrorCode::kInvalidArgument, "the owner key is not base64");
    }
    if (core.options.journal_file.empty()) {
        return {};
    }
    return core.journal.open(core.options.journal_file,
                             [&core](std::string_view line) { return restore_line(core, line); });
}

net::Service& Hub::mqtt() {
    return impl_->mqtt;
}

net::HttpHandler& Hub::rest() {
    return impl_->rest;
}

Secret Hub::connection_string() const {
    iothub::ConnectionString text;
    text.host_name = impl_->core.options.host_name;
    text.policy = impl_->core.policies.owner().name;
    text.key = impl_->core.policies.owner().primary_key;
    return text.format();
}

Secret Hub::admin_token() const {
    return impl_->core.admin_token;
}

}  // namespace twinstorm::hub
