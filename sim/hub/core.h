// What all parts of one hub share: its state, its rules and its counters.
//
// Use:    made once by Hub; conversations and REST routes work on it by reference.
// Owner:  Hub, one worker. Conversations belong to the loop and may outlive the hub: those still
//         there when it ends are told to forget it.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

#include "hub/admission.h"
#include "hub/hub_log.h"
#include "hub/instant.h"
#include "hub/journal.h"
#include "hub/ledger.h"
#include "hub/policies.h"
#include "hub/registry.h"
#include "hub/rules.h"
#include "hub/twin_store.h"
#include "twinstorm/base/secret.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"
#include "twinstorm/hub/hub.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::hub {

class HubConversation;

struct ConnectionCounts {
    std::uint64_t accepted = 0;        // CONNACK 0, ever.
    std::uint64_t over_limit = 0;      // Turned away at kConnectionsMax.
    std::uint64_t closed_by_peer = 0;  // Ended without DISCONNECT.
    std::size_t devices = 0;           // Connected now.
    std::size_t modules = 0;
};

struct TwinCounts {
    std::uint64_t reads = 0;    // By MQTT and REST.
    std::uint64_t updates = 0;  // Accepted, by MQTT and REST.
    std::uint64_t refused = 0;  // Answered 400 or 412.
    std::uint64_t notices = 0;
};

struct Core {
    Core(Options hub_options, WallAnchor wall_anchor, net::Loop& worker_loop);
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;
    ~Core();

    [[nodiscard]] Instant instant(TimePoint now) const { return {now, anchor.at(now)}; }
    [[nodiscard]] AdmissionRules admission_rules() const {
        return {options.host_name, policies, options.sas_grace};
    }
    [[nodiscard]] std::string next_tracking_id();
    void save_session(const Identity& identity, TimePoint now);

    Options options;
    WallAnchor anchor;
    net::Loop& loop;
    TimePoint started;
    std::uint64_t metering_block_bytes;
    Secret admin_token;
    Random tracking;

    HubLog log;
    RuleCounts rules;
    ConnectionCounts connections;
    TwinCounts twin_counts;
    Policies policies;
    Journal journal;
    Registry registry;
    TwinStore twins;
    Ledger ledger;
    std::unordered_set<HubConversation*> conversations;
};

}  // namespace twinstorm::hub
