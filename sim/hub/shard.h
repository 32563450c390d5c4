// One loop's share of the hub: its devices with their twins, its connections, its counters.
//
// Use:    made by Shards; conversations and REST routes work on the shard that owns the device.
// Owner:  Shards; every call on its loop's thread. Shards share only `common`; whoever needs
//         another's devices sends work there, see shards.h. Conversations belong to the loop and
//         may outlive the hub: those still there when it ends are told to forget it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "hub/admission.h"
#include "hub/agenda.h"
#include "hub/cloud_messages.h"
#include "hub/common.h"
#include "hub/configuration_assignment.h"
#include "hub/configuration_store.h"
#include "hub/event_log.h"
#include "hub/fault_control.h"
#include "hub/feedback_queue.h"
#include "hub/file_uploads.h"
#include "hub/hub_log.h"
#include "hub/instant.h"
#include "hub/job_runner.h"
#include "hub/journal.h"
#include "hub/ledger.h"
#include "hub/method_calls.h"
#include "hub/notice_queue.h"
#include "hub/registry.h"
#include "hub/rules.h"
#include "hub/security_log.h"
#include "hub/security_watch.h"
#include "hub/twin_history.h"
#include "hub/twin_store.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::hub {

class HubConversation;
class Shards;

struct ConnectionCounts {
    std::uint64_t accepted = 0;        // CONNACK 0, ever.
    std::uint64_t over_limit = 0;      // Turned away at kConnectionsMax.
    std::uint64_t closed_by_peer = 0;  // Ended without DISCONNECT.
    std::uint64_t handed_over = 0;     // To the shard that owns the device.
    std::size_t devices = 0;           // Connected now.
    std::size_t modules = 0;

    ConnectionCounts& operator+=(const ConnectionCounts& other);
};

struct TwinCounts {
    std::uint64_t reads = 0;    // By MQTT and REST.
    std::uint64_t updates = 0;  // Accepted, by MQTT and REST.
    std::uint64_t refused = 0;  // Answered 400 or 412.
    std::uint64_t notices = 0;

    TwinCounts& operator+=(const TwinCounts& other);
};

struct Shard {
    Shard(Common& hub_common, Shards& shards, std::size_t shard_index, net::Loop& worker_loop);
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;
    ~Shard();

    [[nodiscard]] Instant instant(TimePoint now) const { return common.instant(now); }
    [[nodiscard]] AdmissionRules admission_rules() const {
        return {common.options.host_name, common.policies, common.options.sas_grace,
                common.options.client_cas};
    }
    [[nodiscard]] std::string next_tracking_id();
    void save_session(const Identity& identity, TimePoint now);
    void look_at_faults(TimePoint now);
    void restart(bool keeps_state, TimePoint now);  // As a fault: connections end, memory is lost.

    Common& common;
    Shards& all;
    const std::size_t index;
    net::Loop& loop;
    Random tracking;

    HubLog log;
    RuleCounts rules;
    ConnectionCounts connections;
    TwinCounts twin_counts;
    std::uint64_t service_operations = 0;  // Counted while there are faults, which draw by it.
    Agenda agenda;
    FaultControl faults;
    std::function<void()> restarts;  // The front's: who else has connections to end.
    Journal journal;
    Registry registry;
    TwinStore twins;
    TwinHistory twin_history;
    Ledger ledger;
    EventLog events;
    MethodCalls methods;
    JobRunner jobs;  // The front shard's.
    CloudMessages cloud_messages;
    FeedbackQueue feedback;
    FileUploads file_uploads;
    NoticeQueue<amqp::FileNotification> file_notifications;  // The front's.
    ConfigurationAssignment configurations;
    ConfigurationStore configuration_store;  // The front shard's is the hub's.
    SecurityLog security;
    SecurityWatch watch;
    std::vector<HubConversation*> conversations;  // Each knows its place.
};

}  // namespace twinstorm::hub
