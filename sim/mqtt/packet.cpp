#include "twinstorm/mqtt/packet.h"

namespace twinstorm::mqtt {
namespace {

constexpr std::size_t kLengthBytes = 2;
constexpr std::size_t kQosBytes = 1;

}  // namespace

std::string_view detail::string_at(Bytes encoded) {
    const std::size_t size =
        std::to_integer<std::size_t>(encoded[0]) << 8 | std::to_integer<std::size_t>(encoded[1]);
    const Bytes text = encoded.subspan(kLengthBytes, size);
    return {reinterpret_cast<const char*>(text.data()), text.size()};
}

template <>
Subscription PackedList<Subscription>::Iterator::operator*() const {
    const std::string_view filter = detail::string_at(rest_);
    return {filter, std::to_integer<std::uint8_t>(rest_[kLengthBytes + filter.size()])};
}

template <>
PackedList<Subscription>::Iterator& PackedList<Subscription>::Iterator::operator++() {
    rest_ = rest_.subspan(kLengthBytes + detail::string_at(rest_).size() + kQosBytes);
    return *this;
}

template <>
std::string_view PackedList<std::string_view>::Iterator::operator*() const {
    return detail::string_at(rest_);
}

template <>
PackedList<std::string_view>::Iterator& PackedList<std::string_view>::Iterator::operator++() {
    rest_ = rest_.subspan(kLengthBytes + detail::string_at(rest_).size());
    return *this;
}

}  // namespace twinstorm::mqtt
