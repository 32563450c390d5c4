#include "hub/configuration_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hub/configuration_document.h"
#include "hub/json_fields.h"
#include "hub/shards.h"

namespace twinstorm::hub {
namespace {

using iothub::ServiceErrorCode;

Outcome<void> check_match(const Configuration& configuration, std::string_view if_match) {
    if (if_match.size() >= 2 && if_match.front() == '"' && if_match.back() == '"') {
        if_match = if_match.substr(1, if_match.size() - 2);
    }
    if (if_match.empty() || if_match == "*" || if_match == etag_of(configuration)) {
        return {};
    }
    return refuse(ServiceErrorCode::kPreconditionFailed,
                  fmt::format("The etag of configuration {} has changed", configuration.id));
}

}  // namespace

Outcome<ConfigurationPointer> ConfigurationStore::create(Configuration configuration, Instant now) {
    if (all_.contains(configuration.id)) {
        return refuse(ServiceErrorCode::kConfigurationAlreadyExists,
                      fmt::format("Configuration {} exists already", configuration.id));
    }
    const auto max = static_cast<std::size_t>(front_.common.tier_limits.configurations_max);
    if (all_.size() >= max) {
        return refuse(ServiceErrorCode::kIotHubQuotaExceeded,
                      fmt::format("The hub holds at most {} configurations", max));
    }
    configuration.number = ++last_number_;
    configuration.created = now.wall;
    return put(std::move(configuration), now);
}

Outcome<ConfigurationPointer> ConfigurationStore::update(Configuration configuration,
                                                         std::string_view if_match, Instant now) {
    const auto old = require(configuration.id);
    if (!old) {
        return old;
    }
    if (auto matched = check_match(**old, if_match); !matched) {
        return tl::unexpected(matched.error());
    }
    if (configuration.content.document != (*old)->content.document) {
        return refuse(ServiceErrorCode::kInvalidConfigurationContent,
                      "The content of a configuration cannot be changed");
    }
    configuration.number = (*old)->number;
    configuration.writes = (*old)->writes + 1;
    configuration.created = (*old)->created;
    return put(std::move(configuration), now);
}

Outcome<void> ConfigurationStore::remove(std::string_view id, std::string_view if_match,
                                         Instant now) {
    const auto old = require(id);
    if (!old) {
        return tl::unexpected(old.error());
    }
    if (auto matched = check_match(**old, if_match); !matched) {
        return matched;
    }
    all_.erase(all_.find(id));
    if (front_.journal.enabled()) {
        front_.journal.append({{"op", kRemoved}, {"id", id}}, now.run);
    }
    publish(now.run);
    return {};
}

void ConfigurationStore::clear(Instant now) {
    while (!all_.empty()) {
        static_cast<void>(remove(std::string(all_.begin()->first), "*", now));
    }
}

Outcome<ConfigurationPointer> ConfigurationStore::require(std::string_view id) const {
    const auto found = all_.find(id);
    if (found == all_.end()) {
        return refuse(ServiceErrorCode::kConfigurationNotFound,
                      fmt::format("Configuration {} does not exist", id));
    }
    return found->second;
}

ConfigurationPointer ConfigurationStore::put(Configuration configuration, Instant now) {
    configuration.updated = now.wall;
    // Shared with the shards, see configuration.h.
    const auto pointer = std::make_shared<const Configuration>(std::move(configuration));
    all_.insert_or_assign(pointer->id, pointer);
    if (front_.journal.enabled()) {
        front_.journal.append({{"op", kPut}, {"configuration", journal_record(*pointer)}}, now.run);
    }
    publish(now.run);
    return pointer;
}

RankedConfigurations ConfigurationStore::ranked() const {
    std::vector<ConfigurationPointer> list;
    for (const auto& [id, configuration] : all_) {
        list.push_back(configuration);
    }
    std::ranges::sort(list, [](const ConfigurationPointer& a, const ConfigurationPointer& b) {
        return std::pair(a->priority, a->number) > std::pair(b->priority, b->number);
    });
    // Shared with the shards, see configuration.h.
    return std::make_shared<const std::vector<ConfigurationPointer>>(std::move(list));
}

void ConfigurationStore::publish(TimePoint now) {
    const RankedConfigurations set = ranked();
    for (std::size_t index = 0; index < front_.all.count(); ++index) {
        front_.all.on(front_.all.at(index), front_, now,
                      [set](Shard& shard, TimePoint then) { shard.configurations.set(set, then); });
    }
}

Result<void> ConfigurationStore::restore(std::string_view op, const boost::json::object& line) {
    if (op == kRemoved) {
        const auto found = all_.find(text_at(line, "id").value_or(""));
        if (found == all_.end()) {
            return fail(ErrorCode::kInvalidArgument, "the configuration was never created");
        }
        all_.erase(found);
        return {};
    }
    const boost::json::object* const record = object_at(line, "configuration");
    if (record == nullptr) {
        return fail(ErrorCode::kInvalidArgument, "the configuration is missing");
    }
    auto configuration = read_configuration_record(*record);
    if (!configuration) {
        return fail(std::move(configuration).error());
    }
    last_number_ = std::max(last_number_, configuration->number);
    // Shared with the shards, see configuration.h.
    auto pointer = std::make_shared<const Configuration>(*std::move(configuration));
    all_.insert_or_assign(pointer->id, pointer);
    return {};
}

void ConfigurationStore::resume(TimePoint now) {
    const RankedConfigurations set = ranked();
    if (set->empty()) {
        return;
    }
    for (std::size_t index = 0; index < front_.all.count(); ++index) {
        front_.all.at(index).configurations.resume(set, now);
    }
}

}  // namespace twinstorm::hub
