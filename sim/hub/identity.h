// One identity of the registry, device or module, with its twin and its place on the wire.
//
// Owner:  the registry; a device owns its modules. Does not move while it lives, so that the
//         connection of the identity may point to it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hub/cloud_queue.h"
#include "hub/ledger.h"
#include "hub/subscription_set.h"
#include "twinstorm/base/time.h"
#include "twinstorm/events/event.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/iothub/twin.h"

namespace twinstorm::hub {

class HubConversation;

enum class Authentication : std::uint8_t { kSas, kSelfSigned, kCertificateAuthority, kNone };

struct Credentials {
    Authentication type = Authentication::kSas;
    std::string primary_key;  // Base64; empty unless the type is kSas.
    std::string secondary_key;
    std::string primary_thumbprint;
    std::string secondary_thumbprint;
};

// What the service API writes and the journal keeps.
struct IdentityRecord {
    iothub::IdentityName name;
    std::string generation_id;
    std::string etag;
    bool enabled = true;
    bool edge = false;
    std::string status_reason;
    std::string managed_by;  // Modules only.
    Credentials credentials;
    std::string model_id{};      // Of Plug and Play, as its last connection said.
    std::string device_scope{};  // Edge hierarchies: the scope it belongs to, or gives its name to.
    std::string parent_scope{};
    WallTime created{};
    WallTime status_updated{};
};

// A configuration whose target the twin is, and the paths that it owns there while it is applied.
struct ConfigurationMark {
    iothub::TwinConfiguration configuration;
    std::vector<std::string> paths;  // `properties.desired.x`.
};

struct Identity {
    Identity(IdentityRecord identity_record, Identity* parent)
        : record(std::move(identity_record)), device(parent), twin(record.created) {}

    // A module is as enabled as its device.
    [[nodiscard]] bool enabled() const {
        return record.enabled && (device == nullptr || device->record.enabled);
    }
    [[nodiscard]] bool connected() const { return connection != nullptr; }
    [[nodiscard]] std::size_t cloud_message_count() const {
        return mailbox == nullptr ? 0 : mailbox->queue.size();
    }

    IdentityRecord record;
    Identity* device = nullptr;  // Of a module; none for a device.
    iothub::Twin twin;

    HubConversation* connection = nullptr;  // At most one, the newest.
    SubscriptionSet session;                // What a session with clean = 0 leaves behind.
    std::unique_ptr<std::vector<ConfigurationMark>> configurations;  // None for most.
    WallTime connection_changed{};
    WallTime last_activity{};
    // How the newest connection proved who it is; told with each of its messages.
    events::AuthScope admitted_scope = events::AuthScope::kDevice;
    events::AuthType admitted_type = events::AuthType::kNone;
    LedgerSlot ledger_slot;
    // Numbers by which faults on demand draw; counted while there are any.
    std::uint64_t operations = 0;
    std::uint64_t connects = 0;
    std::unique_ptr<CloudMailbox> mailbox;  // Of a device; none while it is empty and offline.

    std::vector<std::unique_ptr<Identity>> modules;  // Of a device, by module id.
};

}  // namespace twinstorm::hub
