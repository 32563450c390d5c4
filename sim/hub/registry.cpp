// About 330 lines: the registry's whole life, which its short functions make longer than it is.
#include "hub/registry.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "hub/limits.h"
#include "hub/seeded_key.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/base/check.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/iothub/sas_token.h"

namespace twinstorm::hub {
namespace {

using iothub::IdentityName;
using iothub::ServiceErrorCode;

// Generation ids look like .NET ticks: 100 ns since the year 1.
constexpr std::int64_t kTicksAtUnixEpoch = 621'355'968'000'000'000;
constexpr std::uint64_t kEtagNumbers = 1'000'000'000;

using ModuleList = std::vector<std::unique_ptr<Identity>>;

ModuleList::iterator module_place(ModuleList& modules, std::string_view module_id) {
    return std::lower_bound(modules.begin(), modules.end(), module_id,
                            [](const std::unique_ptr<Identity>& module, std::string_view id) {
                                return module->record.name.module_id < id;
                            });
}

bool matches(std::string_view if_match, std::string_view etag) {
    if (if_match.size() >= 2 && if_match.front() == '"' && if_match.back() == '"') {
        if_match = if_match.substr(1, if_match.size() - 2);
    }
    return if_match.empty() || if_match == "*" || if_match == etag;
}

tl::unexpected<iothub::ServiceError> precondition_failed(const IdentityName& name) {
    return refuse(ServiceErrorCode::kPreconditionFailed,
                  fmt::format("The etag of {} has changed", name.client_id()));
}

void make_missing_keys(Credentials& credentials, std::uint64_t seed) {
    if (credentials.type != Authentication::kSas) {
        credentials.primary_key.clear();
        credentials.secondary_key.clear();
        return;
    }
    if (credentials.primary_key.empty()) {
        credentials.primary_key = seeded_key(derive(seed, "primary"));
    }
    if (credentials.secondary_key.empty()) {
        credentials.secondary_key = seeded_key(derive(seed, "secondary"));
    }
}

// An edge device is a scope of its own; what is below it carries its parent's.
void set_scopes(IdentityRecord& record, std::string device_scope, std::string parent_scope) {
    if (record.name.is_module()) {
        return;
    }
    if (record.edge) {
        record.device_scope =
            fmt::format("ms-azure-iot-edge://{}-{}", record.name.device_id, record.generation_id);
        record.parent_scope = std::move(parent_scope);
        return;
    }
    record.parent_scope = device_scope;
    record.device_scope = std::move(device_scope);
}

}  // namespace

Registry::Registry(std::uint64_t seed, std::atomic<std::size_t>& identities, Journal& journal,
                   Lost lost)
    : seed_(derive(seed, "hub/registry")),
      journal_(journal),
      lost_(std::move(lost)),
      identities_(identities) {}

Registry::~Registry() {
    identities_ -= own_identities_;
}

Identity* Registry::find(std::string_view device_id, std::string_view module_id) {
    const auto found = devices_.find(device_id);
    if (found == devices_.end() || module_id.empty()) {
        return found == devices_.end() ? nullptr : found->second.get();
    }
    ModuleList& modules = found->second->modules;
    const auto place = module_place(modules, module_id);
    const bool there = place != modules.end() && (*place)->record.name.module_id == module_id;
    return there ? place->get() : nullptr;
}

Outcome<Identity*> Registry::require(const IdentityName& name) {
    if (Identity* identity = find(name)) {
        return identity;
    }
    if (name.is_module() && find({name.device_id, {}}) != nullptr) {
        return refuse(
            ServiceErrorCode::kModuleNotFound,
            fmt::format("Module {} on device {} not registered", name.module_id, name.device_id));
    }
    return refuse(ServiceErrorCode::kDeviceNotFound,
                  fmt::format("Device {} not registered", name.device_id));
}

Outcome<Identity*> Registry::create(const IdentityName& name, IdentityWrite write, Instant now) {
    if (find(name) != nullptr) {
        return refuse(name.is_module() ? ServiceErrorCode::kModuleAlreadyExistsOnDevice
                                       : ServiceErrorCode::kDeviceAlreadyExists,
                      fmt::format("{} is registered already", name.client_id()));
    }
    const auto parent = parent_of_new(name);
    if (!parent) {
        return parent;
    }
    const std::uint64_t nonce = next_nonce(now.wall);
    IdentityRecord record;
    record.name = name;
    record.generation_id = fmt::format("{}", nonce);
    record.created = now.wall;
    fill(record, std::move(write), nonce);
    Identity& identity = insert(std::move(record), *parent);
    write_record(identity, now);
    tell(identity, Event::kCreated, now);
    return &identity;
}

// The device a new module belongs to, none for a new device; or why there can be no such identity.
Outcome<Identity*> Registry::parent_of_new(const IdentityName& name) {
    if (!iothub::is_valid_id(name.device_id) ||
        (name.is_module() && !iothub::is_valid_id(name.module_id))) {
        return refuse(ServiceErrorCode::kIotHubFormatError,
                      "The id is too long or holds a "
                      "character that ids may not hold");
    }
    if (identities_ >= kIdentitiesMax) {
        return refuse(ServiceErrorCode::kTooManyDevices, "The hub holds no more identities");
    }
    if (!name.is_module()) {
        return nullptr;
    }
    const auto parent = require({name.device_id, {}});
    if (parent && (*parent)->modules.size() >= kModulesPerDeviceMax) {
        return refuse(ServiceErrorCode::kTooManyModulesOnDevice,
                      fmt::format("A device holds at most {} modules", kModulesPerDeviceMax));
    }
    return parent;
}

Outcome<Identity*> Registry::update(const IdentityName& name, IdentityWrite write,
                                    std::string_view if_match, Instant now) {
    const auto found = require(name);
    if (!found) {
        return found;
    }
    Identity& identity = **found;
    if (!matches(if_match, identity.record.etag)) {
        return precondition_failed(name);
    }
    if (identity.record.enabled != write.enabled) {
        identity.record.status_updated = now.wall;
    }
    fill(identity.record, std::move(write), next_nonce(now.wall));
    write_record(identity, now);
    if (!identity.enabled()) {
        end_connections(identity, Drop::kIdentityDisabled, now.run);
    }
    return &identity;
}

Outcome<void> Registry::remove(const IdentityName& name, std::string_view if_match, Instant now) {
    const auto found = require(name);
    if (!found) {
        return tl::unexpected(found.error());
    }
    if (!matches(if_match, (*found)->record.etag)) {
        return precondition_failed(name);
    }
    tell(**found, Event::kDeleted, now);
    remove(**found, now);
    return {};
}

void Registry::remove(Identity& identity, Instant now) {
    const IdentityName name = identity.record.name;
    end_connections(identity, Drop::kIdentityDeleted, now.run);
    erase(identity);
    if (journal_.enabled()) {
        journal_.append({{"op", "delete"}, {"device", name.device_id}, {"module", name.module_id}},
                        now.run);
    }
}

void Registry::set_model(Identity& identity, std::string_view model_id, Instant now) {
    if (!model_id.empty() && identity.record.model_id != model_id) {
        identity.record.model_id = model_id;
        write_record(identity, now);
    }
}

void Registry::tell(const Identity& identity, Event event, Instant now) const {
    if (watcher_ != nullptr) {
        watcher_(identity, event, now);
    }
}

void Registry::clear(Instant now) {
    while (!devices_.empty()) {
        remove(*devices_.begin()->second, now);
    }
}

std::vector<const Identity*> Registry::devices(std::size_t max) const {
    const auto count = static_cast<std::ptrdiff_t>(std::min(max, by_id_.size()));
    return {by_id_.begin(), std::next(by_id_.begin(), count)};
}

Identity* Registry::device_after(std::string_view id) const {
    const auto next = by_id_.upper_bound(id);
    return next == by_id_.end() ? nullptr : *next;
}

Identity* Registry::device_from(std::string_view id) const {
    const auto next = by_id_.lower_bound(id);
    return next == by_id_.end() ? nullptr : *next;
}

std::size_t Registry::enabled_count() const {
    return static_cast<std::size_t>(
        std::count_if(devices_.begin(), devices_.end(),
                      [](const auto& entry) { return entry.second->record.enabled; }));
}

Result<void> Registry::restore(IdentityRecord record) {
    std::uint64_t generation = 0;
    const char* end = record.generation_id.data() + record.generation_id.size();
    if (std::from_chars(record.generation_id.data(), end, generation).ptr != end) {
        return fail(ErrorCode::kInvalidArgument, "a generation id is no number");
    }
    last_nonce_ = std::max(last_nonce_, generation);
    if (Identity* identity = find(record.name)) {
        identity->record = std::move(record);
        return {};
    }
    const auto parent = parent_of_new(record.name);
    if (!parent) {
        return fail(ErrorCode::kInvalidArgument, parent.error().text);
    }
    insert(std::move(record), *parent);
    return {};
}

Result<void> Registry::restore_removal(const IdentityName& name) {
    Identity* identity = find(name);
    if (identity == nullptr) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} is deleted but was never created", name.client_id()));
    }
    erase(*identity);
    return {};
}

void Registry::fill(IdentityRecord& record, IdentityWrite write, std::uint64_t nonce) const {
    // A seed for this write alone: no two identities, and no two lives of one, share a key.
    const std::uint64_t own = derive(derive(seed_, record.name.client_id()), nonce);
    record.enabled = write.enabled;
    record.edge = write.edge;
    record.status_reason = std::move(write.status_reason);
    record.managed_by = std::move(write.managed_by);
    record.credentials = std::move(write.credentials);
    make_missing_keys(record.credentials, own);
    set_scopes(record, std::move(write.device_scope), std::move(write.parent_scope));
    record.etag = base64_encode(fmt::format("{}", Random(own).below(kEtagNumbers)));
}

Identity& Registry::insert(IdentityRecord record, Identity* parent) {
    ++identities_;
    ++own_identities_;
    auto identity = std::make_unique<Identity>(std::move(record), parent);
    Identity& result = *identity;
    if (parent == nullptr) {
        by_id_.insert(&result);
        devices_.emplace(result.record.name.device_id, std::move(identity));
    } else {
        const auto place = module_place(parent->modules, result.record.name.module_id);
        parent->modules.insert(place, std::move(identity));
    }
    return result;
}

void Registry::erase(Identity& identity) {
    TWINSTORM_CHECK(identity.connection == nullptr);
    identities_ -= 1 + identity.modules.size();
    own_identities_ -= 1 + identity.modules.size();
    if (identity.device == nullptr) {
        by_id_.erase(&identity);
        devices_.erase(devices_.find(std::string_view(identity.record.name.device_id)));
        return;
    }
    ModuleList& modules = identity.device->modules;
    modules.erase(module_place(modules, identity.record.name.module_id));
}

void Registry::write_record(const Identity& identity, Instant now) {
    if (journal_.enabled()) {
        journal_.append({{"op", "put"}, {"identity", journal_record(identity.record)}}, now.run);
    }
}

void Registry::end_connections(Identity& identity, Drop rule, TimePoint now) {
    if (identity.connected()) {
        lost_(identity, rule, now);
    }
    for (const auto& module : identity.modules) {
        end_connections(*module, rule, now);
    }
}

std::uint64_t Registry::next_nonce(WallTime now) {
    const std::int64_t ticks = now.time_since_epoch().count() / 100 + kTicksAtUnixEpoch;
    last_nonce_ = std::max(last_nonce_ + 1, static_cast<std::uint64_t>(ticks));
    return last_nonce_;
}

}  // namespace twinstorm::hub
