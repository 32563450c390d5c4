// How a connection meets throttles and faults on demand: what waits, what is refused, what is cut.
#include <algorithm>
#include <utility>
#include <variant>

#include "hub/hub_conversation.h"
#include "hub/limits.h"
#include "hub/shards.h"
#include "hub/twin_exchange.h"
#include "twinstorm/iothub/property_bag.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::hub {
namespace {

// Properties are metered, too. No bag is longer as values than as text: where that cannot make one
// more block of it, nobody needs to look.
std::uint64_t metered_bytes(std::string_view bag, std::size_t body, std::uint64_t block) {
    const bool matters =
        iothub::metered_messages(body, block) != iothub::metered_messages(body + bag.size(), block);
    return matters ? body + iothub::glance(bag).metered_bytes : body;
}

Toll toll_of(const iothub::PublishTopic& topic, const mqtt::Publish& packet, std::uint64_t block) {
    using iothub::OperationClass;
    if (const auto* const telemetry = std::get_if<iothub::TelemetryTopic>(&topic)) {
        return {OperationClass::kDeviceMessages, 1,
                Metered{QuotaKind::kDeviceMessages,
                        metered_bytes(telemetry->bag, packet.payload.size(), block)}};
    }
    if (std::holds_alternative<iothub::TwinGetTopic>(topic)) {
        return {OperationClass::kTwinReads, 1, Metered{QuotaKind::kTwinReads, 0}};
    }
    return {OperationClass::kTwinUpdates, 1,
            Metered{QuotaKind::kTwinUpdates, packet.payload.size()}};
}

// A reply belongs to a call that was counted when it was made.
bool is_free(const iothub::PublishTopic& topic) {
    return std::holds_alternative<iothub::MethodResponseTopic>(topic) ||
           std::holds_alternative<iothub::CertificateRequestTopic>(topic);
}

bool is_telemetry(const iothub::PublishTopic& topic) {
    return std::holds_alternative<iothub::TelemetryTopic>(topic);
}

std::string_view request_id_of(const iothub::PublishTopic& topic) {
    if (const auto* const get = std::get_if<iothub::TwinGetTopic>(&topic)) {
        return get->request_id;
    }
    const auto* const patch = std::get_if<iothub::ReportedPatchTopic>(&topic);
    return patch == nullptr ? std::string_view() : patch->request_id;
}

}  // namespace

void HubConversation::on_packet(const mqtt::Publish& packet, TimePoint now) {
    if (packet.qos > 1) {
        drop(Drop::kQos2, now, packet.topic);
        return;
    }
    const auto topic = iothub::parse_publish_topic(packet.topic);
    if (!topic) {
        drop(Drop::kUnknownTopic, now, packet.topic);
        return;
    }
    const Passage passage =
        is_free(*topic) ? Passage{}
                        : pass(*shard_, *identity_,
                               toll_of(*topic, packet, shard_->common.metering_block_bytes), now);
    const bool in_order = is_telemetry(*topic);
    // Telemetry does not overtake telemetry that waits: acknowledgements keep their order.
    if (passage.delay > Duration{} || (waiting_ != nullptr && in_order)) {
        if (waiting_ == nullptr) {
            waiting_ = std::make_unique<WaitingOperations>();
        }
        waiting_->add(packet, passage, in_order, now);
        return;
    }
    perform(packet, *topic, passage, now);
}

// `everything`: a client that says DISCONNECT has handed its messages over.
void HubConversation::perform_due(TimePoint now, bool everything) {
    while (state_ == State::kOpen && waiting_ != nullptr) {
        const auto operation = waiting_->take_due(now, everything);
        if (!operation) {
            return;
        }
        if (waiting_->empty()) {
            waiting_.reset();
        }
        const mqtt::Publish packet = operation->packet();
        // It was read before it was put there, so it can be read again.
        const auto topic = iothub::parse_publish_topic(packet.topic);
        perform(packet, *topic, operation->passage, now);
        limit_outgoing(now);
    }
}

// MQTT 3.1.1 has no words for it but the twin's: all else ends the connection.
void HubConversation::refuse(const mqtt::Publish& operation, const iothub::PublishTopic& topic,
                             iothub::ServiceErrorCode code, TimePoint now) {
    if (is_telemetry(topic)) {
        drop(code == iothub::ServiceErrorCode::kIotHubQuotaExceeded   ? Drop::kQuota
             : code == iothub::ServiceErrorCode::kThrottlingException ? Drop::kThrottled
                                                                      : Drop::kFault,
             now, operation.topic);
        return;
    }
    answer_twin_refusal(*shard_, request_id_of(topic), code, twin_answers(), now);
    if (operation.qos == 1) {
        mqtt::write(outgoing(), mqtt::PubAck{operation.packet_id});
    }
}

bool HubConversation::may_connect(Identity* identity, TimePoint now) {
    if (arrival_->passed) {
        return true;
    }
    if (const Faults* const faults = shard_->faults.active(); faults != nullptr && identity) {
        const FaultSubject who =
            fault_subject(identity->record.name.device_id, identity->record.name.module_id);
        if (const auto refusal = faults->refuses_connect(who, ++identity->connects, now)) {
            shard_->rules.count(Refusal::kFaultOnDemand);
            if (refusal->answer) {
                mqtt::write(outgoing(), mqtt::ConnAck{false, *refusal->answer});
            }
            state_ = State::kClosing;
            return false;
        }
    }
    if (identity == nullptr) {
        return true;  // It will be refused.
    }
    const Toll toll{iothub::OperationClass::kConnections, 1, std::nullopt};
    const Passage passage = pass(*shard_, *identity, toll, now);
    if (passage.refused) {
        shard_->rules.count(Refusal::kConnectsThrottled);
        mqtt::write(outgoing(), mqtt::ConnAck{false, mqtt::ConnectCode::kServerUnavailable});
        state_ = State::kClosing;
        return false;
    }
    arrival_->passed = true;
    if (passage.delay > Duration{}) {
        arrival_->delayed_until = now + passage.delay;
        state_ = State::kDelayed;
        return false;
    }
    return true;
}

void HubConversation::faults_changed(TimePoint now) {
    const Faults* const faults = shard_->faults.active();
    cut_at_.reset();
    reads_again_ = {};
    if (state_ == State::kOpen && faults != nullptr) {
        cut_at_ = faults->cut_at(
            fault_subject(identity_->record.name.device_id, identity_->record.name.module_id),
            identity_->connects, opened_at_);
        if (cut_at_ && *cut_at_ < now) {
            cut_at_ = now;
        }
    }
    shard_->loop.wake(handle_);
}

void HubConversation::slow_down(std::size_t bytes, TimePoint now) {
    const Faults* const faults = shard_->faults.active();
    if (faults == nullptr || identity_ == nullptr) {
        return;
    }
    const auto rate = faults->read_bytes_per_s(
        fault_subject(identity_->record.name.device_id, identity_->record.name.module_id), now);
    if (rate && *rate > 0) {
        reads_again_ = now + from_seconds(static_cast<double>(bytes) / static_cast<double>(*rate));
    }
}

}  // namespace twinstorm::hub
