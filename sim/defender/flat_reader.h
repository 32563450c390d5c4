// FlatBuffers, read with every bound checked: what a sender's bytes say is never trusted.
//
// Rules:  the binary format of FlatBuffers: little-endian; a table begins with the signed distance
//         back to its vtable; offsets lead forward only. Alignment counts from the buffer's begin.
// Limits: tables visited, so that vectors of offsets to one and the same table stay cheap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace twinstorm::defender {

class FlatReader {
public:
    struct Table {
        std::uint32_t at = 0;
        std::uint32_t vtable = 0;
        std::uint16_t vtable_bytes = 0;
        std::uint16_t bytes = 0;
    };
    struct Vector {
        std::uint32_t first = 0;  // Where its elements begin.
        std::uint32_t size = 0;
    };

    explicit FlatReader(std::string_view bytes)
        : bytes_(bytes), tables_left_(bytes.size() / kTableBytesMin) {}

    // None: the bytes are no such thing, or too many tables were visited.
    [[nodiscard]] std::optional<Table> root();
    [[nodiscard]] std::optional<Table> table(std::uint32_t at);
    [[nodiscard]] std::optional<Vector> vector(std::uint32_t at, std::uint32_t element_bytes) const;
    [[nodiscard]] bool is_text(std::uint32_t at) const;
    [[nodiscard]] std::optional<std::uint32_t> follow(std::uint32_t at) const;

    // Where a table's field stands; 0: absent (no field stands there, the root's offset does).
    [[nodiscard]] std::uint32_t field(const Table& table, unsigned id) const;
    // The field's bytes lie within its table, aligned.
    [[nodiscard]] bool holds(const Table& table, std::uint32_t at, std::uint32_t size,
                             std::uint32_t alignment) const;
    [[nodiscard]] std::uint8_t byte(std::uint32_t at) const;

private:
    static constexpr std::size_t kTableBytesMin = 4;

    [[nodiscard]] bool within(std::uint64_t at, std::uint64_t size) const {
        return at + size <= bytes_.size();
    }
    [[nodiscard]] std::uint16_t read_16(std::uint32_t at) const;
    [[nodiscard]] std::uint32_t read_32(std::uint32_t at) const;

    std::string_view bytes_;
    std::size_t tables_left_;
};

}  // namespace twinstorm::defender
