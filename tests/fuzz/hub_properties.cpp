#include "fuzz/hub_properties.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "hub/limits.h"
#include "support/hub_fixture.h"
#include "twinstorm/amqp/ports.h"
#include "twinstorm/mqtt/reader.h"

namespace twinstorm::fuzz {
namespace {

using namespace std::chrono_literals;
using testing::HubClient;
using testing::HubFixture;
using testing::PacketBytes;
using testing::operator+;

constexpr std::size_t kHeaderBytes = 2;
constexpr std::size_t kServiceTurnsMax = 12;  // Beyond, an input is slow and tells nothing new.
// Longer than CONNECT may take and the offender may be silent, shorter than the bystander may.
constexpr Duration kLastWait = 61s;
const iothub::IdentityName kBystander{"by", ""};
constexpr std::string_view kBystanderTwin =
    "PUBLISH 0 $iothub/twin/res/200/?$rid=b "
    R"({"desired":{"$version":1},"reported":{"$version":1}})";

struct Flags {
    bool hello = false;
    bool device = false;
    bool keeps_session = false;
    bool subscribes = false;
    bool service_talks = false;
    bool reads_nothing = false;
    bool time_passes = false;
    bool two_loops = false;
};

Flags flags_of(std::byte byte) {
    const auto bit = [byte](int number) {
        return (std::to_integer<unsigned>(byte) >> number & 1U) != 0;
    };
    return {bit(0), bit(1), bit(2), bit(3), bit(4), bit(5), bit(6), bit(7)};
}

PacketBytes subscribe_to_all(const iothub::IdentityName& name) {
    const std::string messages = "devices/" + name.device_id + "/messages/devicebound/#";
    std::vector<mqtt::Subscription> filters{{"$iothub/twin/res/#", 0},
                                            {"$iothub/twin/PATCH/properties/desired/#", 0},
                                            {"$iothub/methods/POST/#", 0}};
    if (!name.is_module()) {
        filters.push_back({messages, 1});
    }
    return testing::subscribe(1, filters);
}

class Scene {
public:
    explicit Scene(Flags flags)
        : flags_(flags),
          name_(flags.device ? testing::kGateway : testing::kAgent),
          hub_({}, flags.two_loops ? 2 : 1) {
        hub_.create_gateway();
        static_cast<void>(hub_.rest("PUT", "/devices/by", "{}"));
        bystander_ = std::make_unique<HubClient>(hub_.loop, *hub_.hub);
        bystander_->send(hub_.connect(hub_.connect_options(kBystander)) +
                         testing::subscribe(1, {{"$iothub/twin/res/#", 0}}));
        hub_.settle();
        static_cast<void>(bystander_->answers());
        hub_.lines.clear();
        offender_ = std::make_unique<HubClient>(hub_.loop, *hub_.hub);
    }

    Verdict run(std::span<const std::byte> stream, std::size_t piece_bytes) {
        if (flags_.hello) {
            hear(hello());
        }
        while (!stream.empty() && offender_->open()) {
            const auto piece = stream.first(std::min(piece_bytes, stream.size()));
            stream = stream.subspan(piece.size());
            // Memory of its own, gone afterwards: a view kept too long is seen by a sanitizer.
            hear(PacketBytes(piece.begin(), piece.end()));
            if (flags_.service_talks && turns_ < kServiceTurnsMax) {
                talk(turns_++);
            }
        }
        if (flags_.time_passes) {
            pass(kLastWait);
        }
        listen();
        return verdict_ ? verdict_ : end();
    }

private:
    PacketBytes hello() {
        auto options = hub_.connect_options(name_);
        options.clean_session = !flags_.keeps_session;
        options.keep_alive = 30;
        PacketBytes bytes = hub_.connect(options);
        return flags_.subscribes ? std::move(bytes) + subscribe_to_all(name_) : bytes;
    }

    void hear(const PacketBytes& bytes) {
        offender_->send(bytes);
        hub_.settle();
        if (!flags_.reads_nothing) {
            listen();
        }
    }

    // As a driver does: it takes what there is, in one write.
    void listen() {
        Buffer bytes;
        offender_->conversation().take_outgoing(bytes);
        offender_->conversation().sent(hub_.loop.now());
        if (bytes.size() > hub::kOutgoingBytesMax + hub::kPacketBytesMax) {
            breach("more waits for a peer than its limit and one packet");
        }
        mqtt::Reader reader(mqtt::kRemainingLengthMax);
        reader.feed(bytes);
        for (;;) {
            const auto packet = reader.next();
            if (!packet) {
                breach("the hub says what is no MQTT");
                return;
            }
            if (!*packet) {
                break;
            }
            check_said(**packet);
        }
        if (reader.stored_bytes() != 0) {
            breach("the hub says half a packet");
        }
    }

    void check_said(const mqtt::Packet& packet) {
        const bool known = std::holds_alternative<mqtt::ConnAck>(packet) ||
                           std::holds_alternative<mqtt::Publish>(packet) ||
                           std::holds_alternative<mqtt::PubAck>(packet) ||
                           std::holds_alternative<mqtt::SubAck>(packet) ||
                           std::holds_alternative<mqtt::UnsubAck>(packet) ||
                           std::holds_alternative<mqtt::PingResp>(packet);
        if (!known) {
            breach("the hub says what only a client may");
        }
        const auto* const publish = std::get_if<mqtt::Publish>(&packet);
        if (publish != nullptr && publish->qos > 1) {
            breach("the hub publishes at QoS 2");
        }
    }

    // What the service does to the one who offends, each in its turn.
    void talk(std::size_t turn) {
        const std::string twin =
            name_.is_module() ? "/twins/gw/modules/agent" : std::string("/twins/gw");
        switch (turn % 3) {
            case 0:
                check_answer(hub_.rest("PATCH", twin, R"({"properties":{"desired":{"a":[1]}}})"),
                             "a patch");
                break;
            case 1:
                // Answered by the device, by its loss, or by time.
                static_cast<void>(hub_.ask("POST", twin + "/methods",
                                           R"({"methodName":"m","payload":{"a":1},)"
                                           R"("responseTimeoutInSeconds":5})"));
                break;
            default:
                send_message();
                break;
        }
        hub_.settle();
    }

    void send_message() {
        amqp::CloudMessage message;
        message.device_id = "gw";
        message.ack = amqp::AckMode::kFull;
        message.body.resize(2048);
        hub_.hub->messages().send(message, [](const auto&) {});
    }

    void check_answer(const testing::RestAnswer& answer, std::string_view what) {
        if (answer.status != 200) {
            breach("the service is refused " + std::string(what));
        }
    }

    void pass(Duration duration) {
        hub_.loop.pass(duration);
        for (const auto& loop : hub_.other_loops) {
            loop->pass(duration);
        }
        hub_.settle();
        seconds_ += to_seconds(duration);
    }

    // The network is gone; what stays must be as if the offender had never been there.
    Verdict end() {
        offender_->lose();
        hub_.settle();
        offender_.reset();
        const double lines_max =
            (hub::kLogLinesPerSecond + 1) * (seconds_ + 1) * (flags_.two_loops ? 2 : 1);
        if (static_cast<double>(hub_.lines.size()) > lines_max) {
            return "the log has more lines than a second allows";
        }
        if (!bystander_->open() || !is_served()) {
            return "who did not offend is served no more";
        }
        if (hub_.status("/connections/open") != 1 ||
            hub_.status("/connections/before_connect") != 0) {
            return "something stays of a connection that has ended";
        }
        return std::nullopt;
    }

    bool is_served() {
        bystander_->send(testing::publish("$iothub/twin/GET/?$rid=b", "") + testing::ping());
        return bystander_->answers() == std::string(kBystanderTwin) + "\nPINGRESP";
    }

    void breach(std::string what) {
        if (!verdict_) {
            verdict_ = std::move(what);
        }
    }

    Flags flags_;
    iothub::IdentityName name_;
    HubFixture hub_;
    std::unique_ptr<HubClient> bystander_;
    std::unique_ptr<HubClient> offender_;
    std::size_t turns_ = 0;
    double seconds_ = 0;
    Verdict verdict_;
};

}  // namespace

Verdict check_hub(std::span<const std::byte> input) {
    if (input.size() < kHeaderBytes) {
        return std::nullopt;
    }
    const auto stream = input.subspan(kHeaderBytes);
    const auto piece_bytes = std::to_integer<std::size_t>(input[1]);
    return Scene(flags_of(input[0])).run(stream, piece_bytes == 0 ? stream.size() : piece_bytes);
}

}  // namespace twinstorm::fuzz
