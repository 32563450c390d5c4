// The identity registry: devices, their modules, generated keys, etags and generation ids.
//
// Use:    find() by hash; create(), update(), remove() as the service API asks; the restore calls
//         repeat what a journal tells and write nothing.
// Owner:  a shard. Identities do not move. Whoever is connected as an identity that is disabled or
//         deleted is told through `lost` before it goes.
// Limits: kIdentitiesMax, kModulesPerDeviceMax.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hub/identity.h"
#include "hub/identity_document.h"
#include "hub/instant.h"
#include "hub/journal.h"
#include "hub/outcome.h"
#include "hub/rules.h"

namespace twinstorm::hub {

class Registry {
public:
    using Lost = std::function<void(Identity& identity, Drop rule, TimePoint now)>;
    enum class Event : std::uint8_t { kCreated, kDeleted };
    using Watcher = std::function<void(const Identity& identity, Event event, Instant now)>;

    // `identities` counts those of all registries that share the limit.
    Registry(std::uint64_t seed, std::atomic<std::size_t>& identities, Journal& journal, Lost lost);
    ~Registry();

    // Told of each device and module that a service makes, and of each that it deletes, before it
    // goes; modules that go with their device are not told.
    void watch(Watcher watcher) { watcher_ = std::move(watcher); }

    [[nodiscard]] Identity* find(const iothub::IdentityName& name) {
        return find(name.device_id, name.module_id);
    }
    // Of a device, without `module_id`.
    [[nodiscard]] Identity* find(std::string_view device_id, std::string_view module_id);
    // Errors: 404001 or 404010.
    [[nodiscard]] Outcome<Identity*> require(const iothub::IdentityName& name);

    // Errors: 400006 for the id, 409001, 409301, 404001, 413002, 413003.
    [[nodiscard]] Outcome<Identity*> create(const iothub::IdentityName& name, IdentityWrite write,
                                            Instant now);
    // `if_match` is `*` or an etag, quoted or not; empty matches any. Errors: 404..., 412001.
    [[nodiscard]] Outcome<Identity*> update(const iothub::IdentityName& name, IdentityWrite write,
                                            std::string_view if_match, Instant now);
    [[nodiscard]] Outcome<void> remove(const iothub::IdentityName& name, std::string_view if_match,
                                       Instant now);

    // As its newest connection says; empty lets be what is known.
    void set_model(Identity& identity, std::string_view model_id, Instant now);

    // Forgets all identities; their connections end, and nobody is told.
    void clear(Instant now);

    [[nodiscard]] std::vector<const Identity*> devices(std::size_t max) const;  // By id.
    // The first device whose id is greater; or is not less. None after the last.
    [[nodiscard]] Identity* device_after(std::string_view id) const;
    [[nodiscard]] Identity* device_from(std::string_view id) const;
    [[nodiscard]] std::size_t device_count() const { return devices_.size(); }
    [[nodiscard]] std::size_t enabled_count() const;

    [[nodiscard]] Result<void> restore(IdentityRecord record);
    [[nodiscard]] Result<void> restore_removal(const iothub::IdentityName& name);

    [[nodiscard]] std::size_t identity_count() const { return own_identities_; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    struct ById {
        using is_transparent = void;
        static std::string_view id(const Identity* device) { return device->record.name.device_id; }
        static std::string_view id(std::string_view text) { return text; }
        template <class A, class B>
        bool operator()(const A& a, const B& b) const {
            return id(a) < id(b);
        }
    };

    [[nodiscard]] Outcome<Identity*> parent_of_new(const iothub::IdentityName& name);
    void fill(IdentityRecord& record, IdentityWrite write, std::uint64_t nonce) const;
    Identity& insert(IdentityRecord record, Identity* parent);
    void erase(Identity& identity);
    void remove(Identity& identity, Instant now);
    void tell(const Identity& identity, Event event, Instant now) const;
    void write_record(const Identity& identity, Instant now);
    void end_connections(Identity& identity, Drop rule, TimePoint now);
    [[nodiscard]] std::uint64_t next_nonce(WallTime now);

    std::uint64_t seed_;
    Journal& journal_;
    Lost lost_;
    Watcher watcher_;
    std::unordered_map<std::string, std::unique_ptr<Identity>, Hash, std::equal_to<>> devices_;
    // The same by id: a query goes on where its last page ended, whatever came and went meanwhile.
    std::set<Identity*, ById> by_id_;
    std::atomic<std::size_t>& identities_;
    std::size_t own_identities_ = 0;
    std::uint64_t last_nonce_ = 0;
};

}  // namespace twinstorm::hub
