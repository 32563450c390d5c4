// The 14 control packets of MQTT 3.1.1 (OASIS standard, 29 October 2014) as plain values.
//
// Views: strings and payloads of a decoded packet point into the bytes that were read; copy what
//        must outlive the call. Encoding takes the same types.
// Units: packet identifiers are 1..65535; keep-alive is in seconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace twinstorm::mqtt {

// The largest remaining length that four bytes can say, [MQTT-2.2.3].
inline constexpr std::size_t kRemainingLengthMax = 268'435'455;

enum class PacketType : std::uint8_t {
    kConnect = 1,
    kConnAck,
    kPublish,
    kPubAck,
    kPubRec,
    kPubRel,
    kPubComp,
    kSubscribe,
    kSubAck,
    kUnsubscribe,
    kUnsubAck,
    kPingReq,
    kPingResp,
    kDisconnect,
};

using Bytes = std::span<const std::byte>;

struct Will {
    std::string_view topic{};
    Bytes message{};
    std::uint8_t qos = 0;
    bool retain = false;
};

struct Connect {
    std::string_view client_id{};
    std::uint16_t keep_alive = 0;
    bool clean_session = true;
    std::optional<Will> will{};
    std::optional<std::string_view> user_name{};
    std::optional<Bytes> password{};
    // As received. A server answers level 4 only, [MQTT-3.1.2-2]; the decoder accepts the packet of
    // another level as far as its level byte, so that CONNACK 1 can be sent.
    std::uint8_t level = 4;
};

enum class ConnectCode : std::uint8_t {
    kAccepted = 0,
    kBadLevel = 1,
    kIdentifierRejected = 2,
    kServerUnavailable = 3,
    kBadCredentials = 4,
    kNotAuthorized = 5,
};

struct ConnAck {
    bool session_present = false;
    ConnectCode code = ConnectCode::kAccepted;
};

struct Publish {
    std::string_view topic{};
    Bytes payload{};
    std::uint16_t packet_id = 0;  // Only with QoS 1 or 2.
    std::uint8_t qos = 0;
    bool retain = false;
    bool duplicate = false;
};

struct PubAck {
    std::uint16_t packet_id = 0;
};
struct PubRec {
    std::uint16_t packet_id = 0;
};
struct PubRel {
    std::uint16_t packet_id = 0;
};
struct PubComp {
    std::uint16_t packet_id = 0;
};
struct UnsubAck {
    std::uint16_t packet_id = 0;
};
struct PingReq {};
struct PingResp {};
struct Disconnect {};

struct Subscription {
    std::string_view filter{};
    std::uint8_t qos = 0;
};

// A list that stays in its encoded form: iterate it, in order, without allocation.
template <class Entry>
class PackedList {
public:
    class Iterator;

    PackedList() = default;
    PackedList(Bytes encoded, std::size_t size) : encoded_(encoded), size_(size) {}

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] Bytes encoded() const { return encoded_; }
    [[nodiscard]] Iterator begin() const { return Iterator(encoded_); }
    [[nodiscard]] Iterator end() const { return Iterator(encoded_.subspan(encoded_.size())); }

private:
    Bytes encoded_;
    std::size_t size_ = 0;
};

struct Subscribe {
    std::uint16_t packet_id = 0;
    PackedList<Subscription> subscriptions{};
};

struct SubAck {
    static constexpr std::uint8_t kFailure = 0x80;
    std::uint16_t packet_id = 0;
    Bytes codes{};  // 0, 1, 2 or kFailure, one for each filter asked for.
};

struct Unsubscribe {
    std::uint16_t packet_id = 0;
    PackedList<std::string_view> filters{};
};

using Packet = std::variant<Connect, ConnAck, Publish, PubAck, PubRec, PubRel, PubComp, Subscribe,
                            SubAck, Unsubscribe, UnsubAck, PingReq, PingResp, Disconnect>;

namespace detail {
// Reads a length-prefixed UTF-8 string of a list whose form the decoder has checked.
[[nodiscard]] std::string_view string_at(Bytes encoded);
}  // namespace detail

template <class Entry>
class PackedList<Entry>::Iterator {
public:
    using iterator_category = std::input_iterator_tag;  // Entries are made, not referred to.
    using iterator_concept = std::forward_iterator_tag;
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Entry;

    Iterator() = default;
    explicit Iterator(Bytes rest) : rest_(rest) {}

    [[nodiscard]] Entry operator*() const;
    Iterator& operator++();
    Iterator operator++(int) {
        Iterator before = *this;
        ++*this;
        return before;
    }
    [[nodiscard]] bool operator==(const Iterator& other) const {
        return rest_.data() == other.rest_.data();
    }

private:
    Bytes rest_;
};

template <>
Subscription PackedList<Subscription>::Iterator::operator*() const;
template <>
PackedList<Subscription>::Iterator& PackedList<Subscription>::Iterator::operator++();
template <>
std::string_view PackedList<std::string_view>::Iterator::operator*() const;
template <>
PackedList<std::string_view>::Iterator& PackedList<std::string_view>::Iterator::operator++();

}  // namespace twinstorm::mqtt
