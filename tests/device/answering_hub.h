// A hub for one device: answers whatever it sends, and keeps what it was sent and when.
//
// Use:    set how it answers, then run() the bench for a while.   Time: virtual.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "support/device_script.h"

namespace twinstorm::device {

class AnsweringHub {
public:
    struct Seen {
        TimePoint at;
        std::string topic;
        std::string body;
    };

    explicit AnsweringHub(support::DeviceBench& bench) : bench_(bench) {}

    mqtt::ConnectCode code = mqtt::ConnectCode::kAccepted;
    bool answers_gets = true;
    bool acknowledges = true;
    std::string document = R"({"desired":{"$version":1},"reported":{"$version":1}})";
    std::vector<Seen> connects;
    std::vector<Seen> subscribes;
    std::vector<Seen> gets;
    std::vector<Seen> reports;
    std::vector<Seen> messages;

    void run(Duration length) {
        const TimePoint end = bench_.now + length;
        do {
            answer_all();
        } while (bench_.step(end));
        answer_all();
    }

    void notify(std::int64_t version, std::string_view body) {
        Buffer out;
        support::write_desired(out, version, body);
        bench_.feed(out);
        answer_all();
    }

private:
    void answer_all() {
        for (auto packets = bench_.take_packets(); !packets.empty();
             packets = bench_.take_packets()) {
            Buffer out;
            for (const mqtt::Packet& packet : packets) {
                answer(out, packet);
            }
            if (!out.empty() && bench_.connected) {
                bench_.feed(out);
            }
        }
    }

    void answer(Buffer& out, const mqtt::Packet& packet) {
        if (const auto* const connect = std::get_if<mqtt::Connect>(&packet)) {
            connects.push_back({bench_.now, std::string(connect->client_id), {}});
            mqtt::write(out, mqtt::ConnAck{false, code});
        } else if (std::holds_alternative<mqtt::Subscribe>(packet)) {
            subscribes.push_back({bench_.now, {}, {}});
            support::suback()(out, packet);
        } else if (std::holds_alternative<mqtt::PingReq>(packet)) {
            mqtt::write(out, mqtt::PingResp{});
        } else if (const auto* const publish = std::get_if<mqtt::Publish>(&packet)) {
            on_publish(out, packet, *publish);
        }
    }

    void on_publish(Buffer& out, const mqtt::Packet& packet, const mqtt::Publish& publish) {
        Seen seen{bench_.now, std::string(publish.topic),
                  std::string(reinterpret_cast<const char*>(publish.payload.data()),
                              publish.payload.size())};
        if (seen.topic.starts_with("$iothub/twin/GET/")) {
            gets.push_back(std::move(seen));
            if (answers_gets) {
                support::twin(document)(out, packet);
            }
        } else if (seen.topic.starts_with("$iothub/twin/PATCH/")) {
            reports.push_back(std::move(seen));
            support::patched(static_cast<std::int64_t>(reports.size()))(out, packet);
        } else {
            messages.push_back(std::move(seen));
            if (acknowledges) {
                support::puback()(out, packet);
            }
        }
    }

    support::DeviceBench& bench_;
};

}  // namespace twinstorm::device
