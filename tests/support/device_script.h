// A hub as a script: what a device is expected to send, and what it gets for an answer.
//
// Use:    script().expect<mqtt::Connect>().reply(connack()).expect<...>()...; then run_on(device).
//         and_again_broken_at_each_step() runs it once per step with the connection lost after that
//         step but the last, and expects the device to come back and to carry all of it out.
// Time:   virtual; the script moves it to the device's next deadline while it waits.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "twinstorm/device/device.h"
#include "twinstorm/device/mqtt_conversation.h"
#include "twinstorm/mqtt/reader.h"
#include "twinstorm/mqtt/writer.h"

namespace twinstorm::support {

// A device with its conversation and all that it needs, connected to nothing.
class DeviceBench final : public device::Observer {
public:
    explicit DeviceBench(device::Profile profile = {});

    void start();
    void advance_to(TimePoint instant);
    // Moves time to the next deadline, at most to `limit`; false when that was reached.
    bool step(TimePoint limit);
    void connect();
    void lose(const Error& why = {ErrorCode::kClosedByPeer, "lost"});
    void feed(const Buffer& bytes);

    // What the device has sent since the last call, decoded; views hold until the next call.
    std::vector<mqtt::Packet> take_packets();

    void on_ready(std::uint32_t, TimePoint) override { ++ready; }
    void on_desired(std::uint32_t, std::int64_t version, TimePoint) override {
        desired.push_back(version);
    }
    void on_confirmed(std::uint32_t, std::int64_t version, TimePoint) override {
        confirmed.push_back(version);
    }
    void on_connection_lost(std::uint32_t, const Error& why, TimePoint) override {
        errors.push_back(why.message());
    }

    TimePoint now = kRunStart;
    BufferPool buffers;
    device::Profile profile;
    device::Workplace workplace{buffers, WallAnchor{kVirtualEpoch}, WallAnchor{kVirtualEpoch}};
    stats::Recorder recorder;
    std::unique_ptr<device::Device> device;
    std::unique_ptr<device::MqttConversation> conversation;
    bool connected = false;
    int ready = 0;
    std::vector<std::int64_t> desired;
    std::vector<std::int64_t> confirmed;
    std::vector<std::string> errors;

    [[nodiscard]] std::uint64_t count(stats::Counter counter) const {
        return recorder.current().counts[counter];
    }

private:
    void pump();

    mqtt::Reader reader_{std::size_t{1} << 20};
    Buffer sent_;
    std::vector<Buffer> kept_;
};

class DeviceScript {
public:
    // A packet of this type, which `check` may look at more closely.
    template <class Packet>
    DeviceScript& expect(std::function<void(const Packet&)> check = nullptr);
    // Answers what was just seen.
    DeviceScript& reply(std::function<void(Buffer& out, const mqtt::Packet& seen)> answer,
                        Duration after = std::chrono::milliseconds(2));

    DeviceScript& run_on(const std::function<std::unique_ptr<DeviceBench>()>& make);
    DeviceScript& and_again_broken_at_each_step();

private:
    struct Step {
        std::size_t type = 0;  // Index in mqtt::Packet.
        std::function<void(const mqtt::Packet&)> check;
        std::function<void(Buffer&, const mqtt::Packet&)> answer;
        Duration after{};
    };

    void play(DeviceBench& bench, std::size_t steps);
    void play_step(DeviceBench& bench, const Step& step, std::size_t number);

    std::vector<Step> steps_;
    std::function<std::unique_ptr<DeviceBench>()> make_;
};

template <class Packet>
DeviceScript& DeviceScript::expect(std::function<void(const Packet&)> check) {
    Step& step = steps_.emplace_back();
    step.type = mqtt::Packet(Packet{}).index();
    if (check) {
        step.check = [check](const mqtt::Packet& seen) { check(std::get<Packet>(seen)); };
    }
    return *this;
}

// Answers of a hub.
using Answer = std::function<void(Buffer&, const mqtt::Packet&)>;
[[nodiscard]] Answer connack(mqtt::ConnectCode code = mqtt::ConnectCode::kAccepted);
[[nodiscard]] Answer suback();
[[nodiscard]] Answer puback();
// To a GET: this document. To a reported patch: 204.
[[nodiscard]] Answer twin(std::string document);
[[nodiscard]] Answer patched(std::int64_t version);
void write_desired(Buffer& out, std::int64_t version, std::string_view body);

}  // namespace twinstorm::support
