// The identity registry: devices, their modules, generated keys, etags and generation ids.
//
// Use:    find() by hash; create(), update(), remove() as the service API asks; the restore calls
//         repeat what a journal tells and write nothing.
// Owner:  the hub. Identities do not move. Whoever is connected as an identity that is disabled or
//         deleted is told through `lost` before it goes.
// Limits: kIdentitiesMax, kModulesPerDeviceMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
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

    Registry(std::uint64_t seed, Journal& journal, Lost lost);

    [[nodiscard]] Identity* find(const iothub::IdentityName& name);
    // Errors: 404001 or 404010.
    [[nodiscard]] Outcome<Identity*> require(const iothub::IdentityName& name);

    // Errors: 400006 for the id, 409001, 409301, 404001, 413003, 403002.
    [[nodiscard]] Outcome<Identity*> create(const iothub::IdentityName& name, IdentityWrite write,
                                            Instant now);
    // `if_match` is `*` or an etag, quoted or not; empty matches any. Errors: 404..., 412001.
    [[nodiscard]] Outcome<Identity*> update(const iothub::IdentityName& name, IdentityWrite write,
                                            std::string_view if_match, Instant now);
    [[nodiscard]] Outcome<void> remove(const iothub::IdentityName& name, std::string_view if_match,
                                       Instant now);

    [[nodiscard]] std::vector<const Identity*> devices(std::size_t max) const;  // By id.
    [[nodiscard]] std::size_t device_count() const { return devices_.size(); }
    [[nodiscard]] std::size_t enabled_count() const;

    [[nodiscard]] Result<void> restore(IdentityRecord record);
    [[nodiscard]] Result<void> restore_removal(const iothub::IdentityName& name);

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    [[nodiscard]] Outcome<Identity*> parent_of_new(const iothub::IdentityName& name);
    void fill(IdentityRecord& record, IdentityWrite write, std::uint64_t nonce) const;
    Identity& insert(IdentityRecord record, Identity* parent);
    void erase(Identity& identity);
    void write_record(const Identity& identity, Instant now);
    void end_connections(Identity& identity, Drop rule, TimePoint now);
    [[nodiscard]] std::uint64_t next_nonce(WallTime now);

    std::uint64_t seed_;
    Journal& journal_;
    Lost lost_;
    std::unordered_map<std::string, std::unique_ptr<Identity>, Hash, std::equal_to<>> devices_;
    std::size_t identities_ = 0;
    std::uint64_t last_nonce_ = 0;
};

}  // namespace twinstorm::hub
