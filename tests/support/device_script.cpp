#include "support/device_script.h"

#include <gtest/gtest.h>

#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/iothub/topic.h"

namespace twinstorm::support {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPatience = std::chrono::minutes(10);

std::string_view request_id(const mqtt::Packet& packet) {
    const auto topic = iothub::parse_publish_topic(std::get<mqtt::Publish>(packet).topic);
    if (!topic) {
        return {};
    }
    if (const auto* const get = std::get_if<iothub::TwinGetTopic>(&*topic)) {
        return get->request_id;
    }
    const auto* const patch = std::get_if<iothub::ReportedPatchTopic>(&*topic);
    return patch == nullptr ? std::string_view{} : patch->request_id;
}

void write_publish(Buffer& out, const std::string& topic, std::string_view body) {
    mqtt::write(out, mqtt::Publish{topic, std::as_bytes(std::span(body)), 0, 0, false, false});
}

}  // namespace

DeviceBench::DeviceBench(device::Profile given) : profile(std::move(given)) {
    if (profile.host_name.empty()) {
        profile.host_name = "hub1.azure-devices.net";
    }
    recorder.open_window(kRunStart);
    device::Identity identity{
        0, {"gw-00001", profile.persona.module_id}, Secret(base64_encode("0123456789abcdef"))};
    device = std::make_unique<device::Device>(identity, profile, workplace, recorder, *this, 1);
    conversation = std::make_unique<device::MqttConversation>(*device, buffers);
    device->attach(*conversation);
}

void DeviceBench::start() {
    device->start(now, now);
    pump();
}

void DeviceBench::advance_to(TimePoint instant) {
    while (step(instant)) {
    }
}

bool DeviceBench::step(TimePoint limit) {
    const auto deadline = conversation->next_deadline();
    now = std::max(now, deadline ? std::min(*deadline, limit) : limit);
    if (!deadline || *deadline > limit) {
        return false;
    }
    conversation->advance(now);
    pump();
    return true;
}

void DeviceBench::connect() {
    connected = true;
    reader_.reset();
    conversation->connected(now);
    pump();
}

void DeviceBench::lose(const Error& why) {
    connected = false;
    conversation->disconnected(why, now);
    pump();
}

void DeviceBench::feed(const Buffer& bytes) {
    conversation->receive(bytes, now);
    pump();
}

void DeviceBench::pump() {
    if (connected) {
        Buffer bytes;
        conversation->take_outgoing(bytes);
        if (!bytes.empty()) {
            sent_.insert(sent_.end(), bytes.begin(), bytes.end());
            conversation->sent(now);
        }
        if (!conversation->wants_connection()) {
            lose({ErrorCode::kCancelled, "not wanted"});
        }
    } else if (conversation->wants_connection()) {
        // The network answers at once; a script that wants it otherwise loses the connection.
        connect();
    }
}

std::vector<mqtt::Packet> DeviceBench::take_packets() {
    kept_.push_back(std::move(sent_));
    sent_ = {};
    reader_.feed(kept_.back());
    std::vector<mqtt::Packet> packets;
    for (auto next = reader_.next(); next && *next; next = reader_.next()) {
        packets.push_back(**next);
    }
    return packets;
}

DeviceScript& DeviceScript::reply(Answer answer, Duration after) {
    steps_.back().answer = std::move(answer);
    steps_.back().after = after;
    return *this;
}

DeviceScript& DeviceScript::run_on(const std::function<std::unique_ptr<DeviceBench>()>& make) {
    make_ = make;
    const auto bench = make_();
    bench->start();
    play(*bench, steps_.size());
    return *this;
}

DeviceScript& DeviceScript::and_again_broken_at_each_step() {
    for (std::size_t broken = 1; broken < steps_.size(); ++broken) {
        SCOPED_TRACE(testing::Message() << "connection lost after step " << broken);
        const auto bench = make_();
        bench->start();
        play(*bench, broken);
        static_cast<void>(bench->take_packets());
        bench->lose();
        play(*bench, steps_.size());
    }
    return *this;
}

void DeviceScript::play(DeviceBench& bench, std::size_t steps) {
    for (std::size_t number = 0; number < steps; ++number) {
        play_step(bench, steps_[number], number + 1);
        if (testing::Test::HasFatalFailure()) {
            return;
        }
    }
}

void DeviceScript::play_step(DeviceBench& bench, const Step& step, std::size_t number) {
    const TimePoint limit = bench.now + kPatience;
    for (;;) {
        for (const mqtt::Packet& packet : bench.take_packets()) {
            if (packet.index() != step.type) {
                continue;  // Security messages and pings come in between.
            }
            if (step.check) {
                step.check(packet);
            }
            if (step.answer) {
                Buffer answer;
                step.answer(answer, packet);
                bench.advance_to(bench.now + step.after);
                bench.feed(answer);
            }
            return;
        }
        if (!bench.step(limit)) {
            FAIL() << "step " << number << ": the device did not send what is expected";
        }
    }
}

Answer connack(mqtt::ConnectCode code) {
    return [code](Buffer& out, const mqtt::Packet&) {
        mqtt::write(out, mqtt::ConnAck{false, code});
    };
}

Answer suback() {
    return [](Buffer& out, const mqtt::Packet& seen) {
        const auto& subscribe = std::get<mqtt::Subscribe>(seen);
        const std::vector<std::byte> codes(subscribe.subscriptions.size());
        mqtt::write(out, mqtt::SubAck{subscribe.packet_id, codes});
    };
}

Answer puback() {
    return [](Buffer& out, const mqtt::Packet& seen) {
        mqtt::write(out, mqtt::PubAck{std::get<mqtt::Publish>(seen).packet_id});
    };
}

Answer twin(std::string document) {
    return [document = std::move(document)](Buffer& out, const mqtt::Packet& seen) {
        write_publish(out, iothub::twin_response_topic({200, request_id(seen), std::nullopt}),
                      document);
    };
}

Answer patched(std::int64_t version) {
    return [version](Buffer& out, const mqtt::Packet& seen) {
        write_publish(out, iothub::twin_response_topic({204, request_id(seen), version}), {});
    };
}

void write_desired(Buffer& out, std::int64_t version, std::string_view body) {
    write_publish(out, iothub::desired_change_topic(version), body);
}

}  // namespace twinstorm::support
