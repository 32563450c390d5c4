#include "hub/restore.h"

#include <string>
#include <utility>

#include "hub/identity_document.h"
#include "hub/json_fields.h"
#include "hub/twin_store.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;

Result<void> restore_identity(Core& core, const json::object& line) {
    const json::object* identity = object_at(line, "identity");
    if (identity == nullptr) {
        return fail(ErrorCode::kInvalidArgument, "the identity is missing");
    }
    auto record = read_journal_record(*identity);
    return record ? core.registry.restore(*std::move(record)) : fail(std::move(record).error());
}

Result<void> restore_session(Identity& identity, const json::object& line) {
    const auto bits = integer_at(line, "subscriptions");
    if (!bits || *bits < 0 || *bits > 0xff) {
        return fail(ErrorCode::kInvalidArgument, "the subscriptions are no set");
    }
    identity.session = SubscriptionSet(static_cast<std::uint8_t>(*bits));
    return {};
}

Result<void> restore_twin(Identity& identity, std::string_view op, const json::object& line) {
    const json::object* body = object_at(line, "body");
    const auto at = integer_at(line, "at_ns");
    if (body == nullptr || !at) {
        return fail(ErrorCode::kInvalidArgument, "the twin write lacks its body or its instant");
    }
    return TwinStore::restore(identity, op, *body, WallTime(Duration(*at)));
}

}  // namespace

Result<void> restore_line(Core& core, std::string_view text) {
    const auto line = parse_object(text);
    if (!line) {
        return fail(ErrorCode::kInvalidArgument, line.error().text);
    }
    const std::string_view op = text_at(*line, "op").value_or("");
    if (op == "put") {
        return restore_identity(core, *line);
    }
    const iothub::IdentityName name{std::string(text_at(*line, "device").value_or("")),
                                    std::string(text_at(*line, "module").value_or(""))};
    if (op == "delete") {
        return core.registry.restore_removal(name);
    }
    Identity* identity = core.registry.find(name);
    if (identity == nullptr) {
        return fail(ErrorCode::kInvalidArgument, "the identity was never created");
    }
    if (op == "session") {
        return restore_session(*identity, *line);
    }
    if (op == TwinStore::kTwinPatch || op == TwinStore::kTwinReplace ||
        op == TwinStore::kTwinReported) {
        return restore_twin(*identity, op, *line);
    }
    return fail(ErrorCode::kInvalidArgument, "the operation is unknown");
}

}  // namespace twinstorm::hub
