#include "fuzz/mqtt_equal.h"

#include <algorithm>
#include <optional>

#include "twinstorm/mqtt/writer.h"

namespace twinstorm::mqtt {
namespace {

bool same(Bytes a, Bytes b) {
    return std::ranges::equal(a, b);
}

bool same(const std::optional<Bytes>& a, const std::optional<Bytes>& b) {
    return a.has_value() == b.has_value() && (!a || same(*a, *b));
}

bool same(const std::optional<Will>& a, const std::optional<Will>& b) {
    if (!a || !b) {
        return a.has_value() == b.has_value();
    }
    return a->topic == b->topic && same(a->message, b->message) && a->qos == b->qos &&
           a->retain == b->retain;
}

bool same(const Connect& a, const Connect& b) {
    return a.client_id == b.client_id && a.keep_alive == b.keep_alive &&
           a.clean_session == b.clean_session && same(a.will, b.will) &&
           a.user_name == b.user_name && same(a.password, b.password) && a.level == b.level;
}

bool same(const ConnAck& a, const ConnAck& b) {
    return a.session_present == b.session_present && a.code == b.code;
}

bool same(const Publish& a, const Publish& b) {
    return a.topic == b.topic && same(a.payload, b.payload) && a.packet_id == b.packet_id &&
           a.qos == b.qos && a.retain == b.retain && a.duplicate == b.duplicate;
}

bool same(const Subscribe& a, const Subscribe& b) {
    return a.packet_id == b.packet_id &&
           std::equal(a.subscriptions.begin(), a.subscriptions.end(), b.subscriptions.begin(),
                      b.subscriptions.end(), [](const Subscription& x, const Subscription& y) {
                          return x.filter == y.filter && x.qos == y.qos;
                      });
}

bool same(const SubAck& a, const SubAck& b) {
    return a.packet_id == b.packet_id && same(a.codes, b.codes);
}

bool same(const Unsubscribe& a, const Unsubscribe& b) {
    return a.packet_id == b.packet_id &&
           std::equal(a.filters.begin(), a.filters.end(), b.filters.begin(), b.filters.end());
}

// What is left either has a packet identifier only, or nothing at all.
template <class Same>
bool same(const Same& a, const Same& b) {
    if constexpr (requires { a.packet_id; }) {
        return a.packet_id == b.packet_id;
    }
    return true;
}

void append(std::vector<std::byte>& out, const Subscribe& packet) {
    const std::vector<Subscription> subscriptions(packet.subscriptions.begin(),
                                                  packet.subscriptions.end());
    write_subscribe(out, packet.packet_id, subscriptions);
}

void append(std::vector<std::byte>& out, const Unsubscribe& packet) {
    const std::vector<std::string_view> filters(packet.filters.begin(), packet.filters.end());
    write_unsubscribe(out, packet.packet_id, filters);
}

template <class Other>
void append(std::vector<std::byte>& out, const Other& packet) {
    write(out, packet);
}

}  // namespace

bool equal(const Packet& a, const Packet& b) {
    return a.index() == b.index() &&
           std::visit(
               [&b]<class Type>(const Type& packet) { return same(packet, std::get<Type>(b)); }, a);
}

std::vector<std::byte> encode(const Packet& packet) {
    std::vector<std::byte> out;
    std::visit([&out](const auto& type) { append(out, type); }, packet);
    return out;
}

}  // namespace twinstorm::mqtt
