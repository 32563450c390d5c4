// Reads the fields of one packet in order, and remembers the first thing that is wrong.
//
// Use:    read field after field without looking back; then ask failure() and empty(). After a
//         failure the cursor stands at the end and every field reads as zero or empty.
// Owner:  one decoding. Its views point into the packet's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mqtt/text.h"
#include "twinstorm/mqtt/malformation.h"
#include "twinstorm/mqtt/packet.h"

namespace twinstorm::mqtt {

class Cursor {
public:
    explicit Cursor(Bytes bytes) : rest_(bytes) {}

    [[nodiscard]] bool empty() const { return rest_.empty(); }
    [[nodiscard]] Bytes remaining() const { return rest_; }
    [[nodiscard]] std::optional<Malformation> failure() const { return failure_; }

    void require(bool condition, Malformation malformation) {
        if (!condition) [[unlikely]] {
            refuse(malformation);
        }
    }

    std::uint8_t byte() {
        const Bytes field = take(1);
        return field.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(field[0]);
    }

    std::uint16_t word() {
        const Bytes field = take(2);
        if (field.empty()) {
            return 0;
        }
        return static_cast<std::uint16_t>(std::to_integer<unsigned>(field[0]) << 8 |
                                          std::to_integer<unsigned>(field[1]));
    }

    std::uint16_t packet_id() {
        const std::uint16_t id = word();
        require(id != 0, Malformation::kPacketIdZero);
        return id;
    }

    Bytes binary() { return take(word()); }

    std::string_view text() { return checked(&check_text); }
    std::string_view topic_name() { return checked(&check_topic_name); }
    std::string_view filter() { return checked(&check_filter); }

    Bytes rest() {
        const Bytes all = rest_;
        rest_ = rest_.subspan(rest_.size());
        return all;
    }

private:
    Bytes take(std::size_t size) {
        if (rest_.size() < size) [[unlikely]] {
            refuse(Malformation::kTruncated);
            return {};
        }
        const Bytes field = rest_.first(size);
        rest_ = rest_.subspan(size);
        return field;
    }

    template <class Check>
    std::string_view checked(Check check) {
        const Bytes field = binary();
        const std::string_view text(reinterpret_cast<const char*>(field.data()), field.size());
        if (const auto malformation = check(text)) [[unlikely]] {
            refuse(*malformation);
        }
        return text;
    }

    void refuse(Malformation malformation) {
        if (!failure_) {
            failure_ = malformation;
        }
        rest_ = rest_.subspan(rest_.size());
    }

    Bytes rest_;
    std::optional<Malformation> failure_;
};

}  // namespace twinstorm::mqtt
