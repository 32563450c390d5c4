// Writes AMQP 1.0 values [AMQP-1.6] at the end of a buffer, always in their widest encoding of
// compounds, so that sizes can be filled in afterwards.
//
// Use:    put values one after another; begin_list()/begin_map() ... end() around what they hold.
//         The number of items is counted here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/base/time.h"

namespace twinstorm::amqp {

class Encoder {
public:
    explicit Encoder(Buffer& out) : out_(out) {}

    void null();
    void boolean(bool value);
    void uint8(std::uint8_t value);
    void int32(std::int32_t value);
    void int64(std::int64_t value);
    void uint32(std::uint32_t value);
    void uint64(std::uint64_t value);
    void uuid(std::string_view sixteen_bytes);
    void timestamp(WallTime value);
    void string(std::string_view text);
    void symbol(std::string_view text);
    void binary(std::string_view text);
    void binary(std::span<const std::byte> bytes);
    void string_array(const std::vector<std::string_view>& texts);
    void symbol_array(const std::vector<std::string_view>& texts);

    void begin_list() { begin(0xd0); }
    void begin_map() { begin(0xd1); }
    void end();

    // The descriptor of the value that is put next; both are one item.
    void descriptor(std::uint8_t code);

private:
    struct Open {
        std::size_t size_at = 0;
        std::uint32_t items = 0;
    };

    void begin(std::uint8_t code);
    void text_array(std::uint8_t code, const std::vector<std::string_view>& texts);
    void item(std::uint8_t code);
    void sized(std::uint8_t short_code, std::uint8_t long_code, const void* bytes,
               std::size_t size);
    void number(std::uint64_t value, int bytes);
    void overwrite(std::size_t at, std::uint32_t value);

    Buffer& out_;
    std::vector<Open> open_;
    bool described_ = false;
};

}  // namespace twinstorm::amqp
