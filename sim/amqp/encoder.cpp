#include "amqp/encoder.h"

#include <chrono>

#include "twinstorm/base/check.h"

namespace twinstorm::amqp {

void Encoder::null() {
    item(0x40);
}

void Encoder::boolean(bool value) {
    item(value ? 0x41 : 0x42);
}

void Encoder::uint8(std::uint8_t value) {
    item(0x50);
    number(value, 1);
}

void Encoder::int32(std::int32_t value) {
    item(0x71);
    number(static_cast<std::uint32_t>(value), 4);
}

void Encoder::int64(std::int64_t value) {
    item(0x81);
    number(static_cast<std::uint64_t>(value), 8);
}

void Encoder::uint32(std::uint32_t value) {
    item(0x70);
    number(value, 4);
}

void Encoder::uint64(std::uint64_t value) {
    item(0x80);
    number(value, 8);
}

void Encoder::uuid(std::string_view sixteen_bytes) {
    TWINSTORM_CHECK(sixteen_bytes.size() == 16);
    item(0x98);
    const auto* const bytes = reinterpret_cast<const std::byte*>(sixteen_bytes.data());
    out_.insert(out_.end(), bytes, bytes + sixteen_bytes.size());
}

void Encoder::timestamp(WallTime value) {
    item(0x83);
    const auto milliseconds =
        std::chrono::floor<std::chrono::milliseconds>(value.time_since_epoch()).count();
    number(static_cast<std::uint64_t>(milliseconds), 8);
}

void Encoder::string(std::string_view text) {
    sized(0xa1, 0xb1, text.data(), text.size());
}

void Encoder::symbol(std::string_view text) {
    sized(0xa3, 0xb3, text.data(), text.size());
}

void Encoder::binary(std::string_view text) {
    sized(0xa0, 0xb0, text.data(), text.size());
}

void Encoder::binary(std::span<const std::byte> bytes) {
    sized(0xa0, 0xb0, bytes.data(), bytes.size());
}

void Encoder::string_array(const std::vector<std::string_view>& texts) {
    text_array(0xb1, texts);
}

void Encoder::symbol_array(const std::vector<std::string_view>& texts) {
    text_array(0xb3, texts);
}

void Encoder::text_array(std::uint8_t code, const std::vector<std::string_view>& texts) {
    item(0xf0);
    const std::size_t size_at = out_.size();
    number(0, 4);
    number(texts.size(), 4);
    number(code, 1);
    for (const std::string_view text : texts) {
        number(text.size(), 4);
        const auto* const bytes = reinterpret_cast<const std::byte*>(text.data());
        out_.insert(out_.end(), bytes, bytes + text.size());
    }
    overwrite(size_at, static_cast<std::uint32_t>(out_.size() - size_at - 4));
}

void Encoder::descriptor(std::uint8_t code) {
    item(0x00);
    number(0x53, 1);
    number(code, 1);
    described_ = true;
}

void Encoder::begin(std::uint8_t code) {
    item(code);
    open_.push_back({out_.size(), 0});
    number(0, 8);  // Size and count, once they are known.
}

void Encoder::end() {
    TWINSTORM_CHECK(!open_.empty());
    const Open done = open_.back();
    open_.pop_back();
    overwrite(done.size_at, static_cast<std::uint32_t>(out_.size() - done.size_at - 4));
    overwrite(done.size_at + 4, done.items);
}

void Encoder::item(std::uint8_t code) {
    if (!described_ && !open_.empty()) {
        ++open_.back().items;
    }
    described_ = false;
    out_.push_back(static_cast<std::byte>(code));
}

void Encoder::sized(std::uint8_t short_code, std::uint8_t long_code, const void* bytes,
                    std::size_t size) {
    const bool is_short = size <= 0xff;
    item(is_short ? short_code : long_code);
    number(size, is_short ? 1 : 4);
    const auto* const begin = static_cast<const std::byte*>(bytes);
    out_.insert(out_.end(), begin, begin + size);
}

void Encoder::number(std::uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) {
        out_.push_back(static_cast<std::byte>(value >> (8 * i) & 0xff));
    }
}

void Encoder::overwrite(std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
        out_[at + i] = static_cast<std::byte>(value >> (24 - 8 * i) & 0xff);
    }
}

}  // namespace twinstorm::amqp
