#include "defender/flat_reader.h"

namespace twinstorm::defender {
namespace {

constexpr std::uint32_t kOffsetBytes = 4;
constexpr std::uint32_t kSlotBytes = 2;
constexpr std::uint32_t kVtableHeadBytes = 4;  // Its own size and the table's.

}  // namespace

std::uint8_t FlatReader::byte(std::uint32_t at) const {
    return static_cast<std::uint8_t>(bytes_[at]);
}

std::uint16_t FlatReader::read_16(std::uint32_t at) const {
    return static_cast<std::uint16_t>(byte(at) | byte(at + 1) << 8);
}

std::uint32_t FlatReader::read_32(std::uint32_t at) const {
    return read_16(at) | std::uint32_t{read_16(at + 2)} << 16;
}

std::optional<FlatReader::Table> FlatReader::root() {
    const auto at = follow(0);
    return at ? table(*at) : std::nullopt;
}

std::optional<std::uint32_t> FlatReader::follow(std::uint32_t at) const {
    if (at % kOffsetBytes != 0 || !within(at, kOffsetBytes)) {
        return std::nullopt;
    }
    const std::uint64_t target = std::uint64_t{at} + read_32(at);
    if (target == at || !within(target, kOffsetBytes)) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(target);
}

std::optional<FlatReader::Table> FlatReader::table(std::uint32_t at) {
    if (tables_left_ == 0 || at % kOffsetBytes != 0 || !within(at, kOffsetBytes)) {
        return std::nullopt;
    }
    --tables_left_;
    const auto back = static_cast<std::int32_t>(read_32(at));
    const std::int64_t vtable = std::int64_t{at} - back;
    if (vtable < 0 || vtable % kSlotBytes != 0 ||
        !within(static_cast<std::uint64_t>(vtable), kVtableHeadBytes)) {
        return std::nullopt;
    }
    Table found{at, static_cast<std::uint32_t>(vtable), 0, 0};
    found.vtable_bytes = read_16(found.vtable);
    found.bytes = read_16(found.vtable + kSlotBytes);
    if (found.vtable_bytes < kVtableHeadBytes || found.vtable_bytes % kSlotBytes != 0 ||
        !within(found.vtable, found.vtable_bytes) || found.bytes < kOffsetBytes ||
        !within(at, found.bytes)) {
        return std::nullopt;
    }
    return found;
}

std::uint32_t FlatReader::field(const Table& table, unsigned id) const {
    const std::uint32_t slot = kVtableHeadBytes + kSlotBytes * id;
    // A writer of an older schema has a shorter vtable.
    if (slot + kSlotBytes > table.vtable_bytes) {
        return 0;
    }
    const std::uint16_t distance = read_16(table.vtable + slot);
    return distance == 0 ? 0 : table.at + distance;
}

bool FlatReader::holds(const Table& table, std::uint32_t at, std::uint32_t size,
                       std::uint32_t alignment) const {
    return at % alignment == 0 && at - table.at >= kOffsetBytes &&
           at - table.at + size <= table.bytes;
}

std::optional<FlatReader::Vector> FlatReader::vector(std::uint32_t at,
                                                     std::uint32_t element_bytes) const {
    if (at % kOffsetBytes != 0 || !within(at, kOffsetBytes)) {
        return std::nullopt;
    }
    const Vector found{at + kOffsetBytes, read_32(at)};
    if (!within(found.first, std::uint64_t{found.size} * element_bytes)) {
        return std::nullopt;
    }
    return found;
}

bool FlatReader::is_text(std::uint32_t at) const {
    const auto text = vector(at, 1);
    return text && within(text->first, std::uint64_t{text->size} + 1) &&
           byte(text->first + text->size) == 0;
}

}  // namespace twinstorm::defender
