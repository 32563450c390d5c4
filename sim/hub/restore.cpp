#include "hub/restore.h"

#include <string>
#include <utility>

#include "hub/identity_document.h"
#include "hub/json_fields.h"
#include "hub/twin_store.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;

Result<void> restore_identity(Shards& shards, const json::object& line) {
    const json::object* identity = object_at(line, "identity");
    if (identity == nullptr) {
        return fail(ErrorCode::kInvalidArgument, "the identity is missing");
    }
    auto record = read_journal_record(*identity);
    if (!record) {
        return fail(std::move(record).error());
    }
    Shard& owner = shards.owner_of(record->name.device_id);
    return owner.registry.restore(*std::move(record));
}

Result<void> restore_session(Identity& identity, const json::object& line) {
    const auto bits = integer_at(line, "subscriptions");
    if (!bits || *bits < 0 || *bits > SubscriptionSet::kBitsMax) {
        return fail(ErrorCode::kInvalidArgument, "the subscriptions are no set");
    }
    identity.session = SubscriptionSet(static_cast<std::uint16_t>(*bits));
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

Result<void> restore_line(Shards& shards, std::string_view text) {
    const auto line = parse_object(text);
    if (!line) {
        return fail(ErrorCode::kInvalidArgument, line.error().text);
    }
    const std::string_view op = text_at(*line, "op").value_or("");
    if (op == "put") {
        return restore_identity(shards, *line);
    }
    if (op == ConfigurationStore::kPut || op == ConfigurationStore::kRemoved) {
        return shards.front().configuration_store.restore(op, *line);
    }
    const iothub::IdentityName name{std::string(text_at(*line, "device").value_or("")),
                                    std::string(text_at(*line, "module").value_or(""))};
    Shard& shard = shards.owner_of(name.device_id);
    if (op == "delete") {
        return shard.registry.restore_removal(name);
    }
    Identity* identity = shard.registry.find(name);
    if (identity == nullptr) {
        return fail(ErrorCode::kInvalidArgument, "the identity was never created");
    }
    if (op == "session") {
        return restore_session(*identity, *line);
    }
    if (op == ConfigurationAssignment::kMarks) {
        return ConfigurationAssignment::restore(*identity, *line);
    }
    if (op == CloudMessages::kTaken || op == CloudMessages::kDone) {
        return shard.cloud_messages.restore(*identity, op, *line);
    }
    if (op == TwinStore::kTwinPatch || op == TwinStore::kTwinReplace ||
        op == TwinStore::kTwinReported) {
        return restore_twin(*identity, op, *line);
    }
    return fail(ErrorCode::kInvalidArgument, "the operation is unknown");
}

}  // namespace

Result<void> open_journal(JournalFile& file, Shards& shards, const std::string& path) {
    const auto opened =
        file.open(path, [&shards](std::string_view line) { return restore_line(shards, line); });
    if (!opened) {
        return opened;
    }
    shards.front().configuration_store.resume(shards.front().loop.now());
    for (std::size_t index = 0; index < shards.count(); ++index) {
        Shard& shard = shards.at(index);
        shard.journal.start([&file, &shard](std::string lines, TimePoint now) {
            shard.all.on(
                shard.all.front(), shard, now,
                [&file, lines = std::move(lines)](Shard&, TimePoint) { file.write(lines); });
        });
    }
    return {};
}

}  // namespace twinstorm::hub
