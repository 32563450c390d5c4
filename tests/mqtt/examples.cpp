#include "mqtt/examples.h"

#include <optional>

namespace twinstorm::mqtt {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

// CONNECT for a client `a`: flags and payload vary.
Raw connect(char flags, std::string_view payload) {
    return packet(0x10, field("MQTT") + "\x04"s + flags + "\x00\xF0"s + Raw(payload));
}

const Raw kSubscription = field("a/#") + "\x01"s;

const Connect kFullConnect{
    .client_id = "gw-00001/DefenderIotMicroAgent",
    .keep_alive = 240,
    .clean_session = false,
    .will = Will{.topic = "devices/gw-00001/messages/events/",
                 .message = bytes("gone"),
                 .qos = 1,
                 .retain = true},
    .user_name = "hub/gw-00001/?api-version=2021-04-12",
    .password = bytes("\x00 any bytes \xFF"sv),
};

// Flags EC: user name, password, will retain, will QoS 1, will, no clean session.
const Raw kFullConnectBytes = connect(
    '\xEC', field("gw-00001/DefenderIotMicroAgent") + field("devices/gw-00001/messages/events/") +
                field("gone") + field("hub/gw-00001/?api-version=2021-04-12") +
                field("\x00 any bytes \xFF"sv));

const Raw kTwoSubscriptions = field("$iothub/twin/res/#") + "\x00"s + field("+/b") + "\x02"s;
const Raw kTwoFilters = field("$iothub/twin/res/#") + field("+/b");

std::vector<ValidExample> connection_examples() {
    return {
        {"connect", connect('\x02', field("a")), Connect{.client_id = "a", .keep_alive = 240}},
        {"connect-anonymous", connect('\x02', field("")), Connect{.keep_alive = 240}},
        {"connect-full", kFullConnectBytes, kFullConnect},
        {"connack-session", "\x20\x02\x01\x00"s, ConnAck{.session_present = true}},
        {"connack-refused", "\x20\x02\x00\x05"s, ConnAck{.code = ConnectCode::kNotAuthorized}},
        {"pingreq", "\xC0\x00"s, PingReq{}},
        {"pingresp", "\xD0\x00"s, PingResp{}},
        {"disconnect", "\xE0\x00"s, Disconnect{}},
    };
}

std::vector<ValidExample> message_examples() {
    return {
        {"publish-qos0", packet(0x30, field("a/b") + "hi"),
         Publish{.topic = "a/b", .payload = bytes("hi")}},
        {"publish-qos1", packet(0x32, field("a/b") + "\x12\x34" + "hi"),
         Publish{.topic = "a/b", .payload = bytes("hi"), .packet_id = 0x1234, .qos = 1}},
        {"publish-qos2", packet(0x3D, field("a/b") + "\xFF\xFF"s),
         Publish{.topic = "a/b", .packet_id = 65'535, .qos = 2, .retain = true, .duplicate = true}},
        {"publish-empty", packet(0x31, field("a")), Publish{.topic = "a", .retain = true}},
        {"publish-utf8", packet(0x30, field("caf\xC3\xA9/\xE2\x82\xAC/\xF0\x9F\x8C\xA9")),
         Publish{.topic = "caf\xC3\xA9/\xE2\x82\xAC/\xF0\x9F\x8C\xA9"}},
        {"puback", "\x40\x02\x00\x01"s, PubAck{1}},
        {"pubrec", "\x50\x02\x00\x02"s, PubRec{2}},
        {"pubrel", "\x62\x02\x00\x03"s, PubRel{3}},
        {"pubcomp", "\x70\x02\x00\x04"s, PubComp{4}},
    };
}

std::vector<ValidExample> subscription_examples() {
    return {
        {"subscribe", packet(0x82, "\x00\x05"s + kTwoSubscriptions),
         Subscribe{5, PackedList<Subscription>(bytes(kTwoSubscriptions), 2)}},
        {"suback", packet(0x90, "\x00\x05\x00\x01\x02\x80"s),
         SubAck{.packet_id = 5, .codes = bytes("\x00\x01\x02\x80"sv)}},
        {"unsubscribe", packet(0xA2, "\x00\x06"s + kTwoFilters),
         Unsubscribe{6, PackedList<std::string_view>(bytes(kTwoFilters), 2)}},
        {"unsuback", "\xB0\x02\x00\x06"s, UnsubAck{6}},
    };
}

std::vector<MalformedExample> framing_faults() {
    using enum Malformation;
    return {
        {kReservedType, "type-0", "\x00\x00"s, "\xC0\x00"s},
        {kReservedType, "type-15", "\xF0\x00"s, "\xE0\x00"s},
        {kFixedHeaderFlags, "pingreq-flags", "\xC1\x00"s, "\xC0\x00"s},
        {kFixedHeaderFlags, "pubrel-flags", "\x60\x02\x00\x01"s, "\x62\x02\x00\x01"s},
        {kFixedHeaderFlags, "subscribe-flags", packet(0x80, "\x00\x01"s + kSubscription),
         packet(0x82, "\x00\x01"s + kSubscription)},
        {kRemainingLengthTooLong, "length-5-bytes", "\xC0\x80\x80\x80\x80\x00"s,
         "\xC0\x80\x80\x80\x00"s},
        {kTruncated, "puback-short", "\x40\x01\x01"s, "\x40\x02\x01\x01"s},
        {kTruncated, "topic-past-end", packet(0x30, "\x00\x04"s + "a/b"),
         packet(0x30, "\x00\x03"s + "a/b")},
        {kTruncated, "will-missing", connect('\x06', field("a")),
         connect('\x06', field("a") + field("w") + field(""))},
        {kTruncated, "user-name-missing", connect('\x82', field("a")),
         connect('\x82', field("a") + field(""))},
        {kTrailingBytes, "pingreq-long", "\xC0\x01\x00"s, "\xC0\x00"s},
        {kTrailingBytes, "puback-long", "\x40\x03\x00\x01\x00"s, "\x40\x02\x00\x01"s},
        {kTrailingBytes, "connect-long", connect('\x02', field("a") + "x"),
         connect('\x02', field("a"))},
    };
}

std::vector<MalformedExample> connect_faults() {
    using enum Malformation;
    const Raw level = "\x04\x02\x00\xF0"s + field("a");
    return {
        {kProtocolName, "name-3.1", packet(0x10, field("MQIsdp") + level),
         packet(0x10, field("MQTT") + level)},
        {kConnectReservedFlag, "reserved-flag", connect('\x03', field("a")),
         connect('\x02', field("a"))},
        {kWillFlags, "will-qos-alone", connect('\x0A', field("a")), connect('\x02', field("a"))},
        {kWillFlags, "will-retain-alone", connect('\x22', field("a")), connect('\x02', field("a"))},
        {kWillQos, "will-qos-3", connect('\x1E', field("a") + field("w") + field("")),
         connect('\x16', field("a") + field("w") + field(""))},
        {kPasswordWithoutUserName, "password-alone", connect('\x42', field("a") + field("p")),
         connect('\xC2', field("a") + field("u") + field("p"))},
        {kEmptyClientId, "no-client-id", connect('\x00', field("")), connect('\x02', field(""))},
        {kEmptyTopic, "will-topic-empty", connect('\x06', field("a") + field("") + field("")),
         connect('\x06', field("a") + field("w") + field(""))},
        {kInvalidUtf8, "client-id-latin1", connect('\x02', field("caf\xE9")),
         connect('\x02', field("caf\xC3\xA9"))},
        {kConnAckFlags, "connack-reserved", "\x20\x02\x02\x00"s, "\x20\x02\x00\x00"s},
        {kConnAckFlags, "connack-refused-session", "\x20\x02\x01\x05"s, "\x20\x02\x01\x00"s},
        {kConnAckCode, "connack-code-6", "\x20\x02\x00\x06"s, "\x20\x02\x00\x05"s},
    };
}

std::vector<MalformedExample> message_faults() {
    using enum Malformation;
    return {
        {kPublishQos, "publish-qos-3", packet(0x36, field("a") + "\x00\x01"s),
         packet(0x34, field("a") + "\x00\x01"s)},
        {kPublishDuplicateQos0, "publish-dup-qos-0", packet(0x38, field("a")),
         packet(0x30, field("a"))},
        {kEmptyTopic, "publish-no-topic", packet(0x30, field("")), packet(0x30, field("a"))},
        {kWildcardInTopic, "publish-hash", packet(0x30, field("a/#")), packet(0x30, field("a/b"))},
        {kWildcardInTopic, "publish-plus-far", packet(0x30, field("devices/gw-1/mess+ges/events")),
         packet(0x30, field("devices/gw-1/messages/events"))},
        {kInvalidUtf8, "publish-surrogate", packet(0x30, field("a/\xED\xA0\x80")),
         packet(0x30, field("a/\xED\x9F\xBF"))},
        {kNullCharacter, "publish-null", packet(0x30, field("a\0b"sv)), packet(0x30, field("a b"))},
        {kPacketIdZero, "publish-id-0", packet(0x32, field("a") + "\x00\x00"s),
         packet(0x32, field("a") + "\x00\x01"s)},
        {kPacketIdZero, "puback-id-0", "\x40\x02\x00\x00"s, "\x40\x02\x00\x01"s},
        {kPacketIdZero, "unsuback-id-0", "\xB0\x02\x00\x00"s, "\xB0\x02\x00\x01"s},
    };
}

std::vector<MalformedExample> subscription_faults() {
    using enum Malformation;
    return {
        {kPacketIdZero, "subscribe-id-0", packet(0x82, "\x00\x00"s + kSubscription),
         packet(0x82, "\x00\x01"s + kSubscription)},
        {kNoSubscriptions, "subscribe-nothing", "\x82\x02\x00\x01"s,
         packet(0x82, "\x00\x01"s + kSubscription)},
        {kNoSubscriptions, "unsubscribe-nothing", "\xA2\x02\x00\x01"s,
         packet(0xA2, "\x00\x01"s + field("a"))},
        {kNoSubscriptions, "suback-nothing", "\x90\x02\x00\x01"s, "\x90\x03\x00\x01\x00"s},
        {kSubscribeQos, "subscribe-qos-3", packet(0x82, "\x00\x01"s + field("a") + "\x03"),
         packet(0x82, "\x00\x01"s + field("a") + "\x02")},
        {kSubscribeQos, "subscribe-reserved", packet(0x82, "\x00\x01"s + field("a") + "\x81"),
         packet(0x82, "\x00\x01"s + field("a") + "\x01")},
        {kTruncated, "subscribe-no-qos", packet(0x82, "\x00\x01"s + kSubscription + field("a")),
         packet(0x82, "\x00\x01"s + kSubscription + kSubscription)},
        {kEmptyTopic, "subscribe-empty", packet(0x82, "\x00\x01"s + field("") + "\x01"),
         packet(0x82, "\x00\x01"s + field("a") + "\x01")},
        {kBadFilter, "subscribe-hash-inside", packet(0x82, "\x00\x01"s + field("a/#/b") + "\x01"),
         packet(0x82, "\x00\x01"s + field("a/+/b") + "\x01")},
        {kBadFilter, "unsubscribe-plus-part", packet(0xA2, "\x00\x01"s + field("a+")),
         packet(0xA2, "\x00\x01"s + field("+"))},
        {kSubAckCode, "suback-code-3", packet(0x90, "\x00\x01\x03"s),
         packet(0x90, "\x00\x01\x02"s)},
    };
}

template <class Example>
void append(std::vector<Example>& to, std::vector<Example> more) {
    to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

Bytes bytes(std::string_view raw) {
    return std::as_bytes(std::span(raw));
}

Raw raw(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Raw field(std::string_view text) {
    return Raw{static_cast<char>(text.size() >> 8), static_cast<char>(text.size() & 0xFF)} +
           Raw(text);
}

Raw packet(unsigned first_byte, std::string_view body) {
    Raw result(1, static_cast<char>(first_byte));
    std::size_t length = body.size();
    for (; length >= 128; length /= 128) {
        result += static_cast<char>(length % 128 + 128);
    }
    result += static_cast<char>(length);
    return result + Raw(body);
}

const std::vector<ValidExample>& valid_examples() {
    static const std::vector<ValidExample> examples = [] {
        auto all = connection_examples();
        append(all, message_examples());
        append(all, subscription_examples());
        return all;
    }();
    return examples;
}

const std::vector<MalformedExample>& malformed_examples() {
    static const std::vector<MalformedExample> examples = [] {
        auto all = framing_faults();
        append(all, connect_faults());
        append(all, message_faults());
        append(all, subscription_faults());
        return all;
    }();
    return examples;
}

}  // namespace twinstorm::mqtt
