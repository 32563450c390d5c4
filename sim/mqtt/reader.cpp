#include "twinstorm/mqtt/reader.h"

#include <algorithm>
#include <utility>

#include "mqtt/decoder.h"
#include "mqtt/fixed_header.h"
#include "twinstorm/base/check.h"

namespace twinstorm::mqtt {

void Reader::feed(Bytes bytes) {
    TWINSTORM_CHECK(fed_.empty());  // Else the bytes not asked for yet would be lost.
    if (!malformation_) {
        fed_ = bytes;
    }
}

Reader::Next Reader::next() {
    if (malformation_) [[unlikely]] {
        return tl::unexpected(*malformation_);
    }
    return read_next();
}

// One variable and one return, so that it is made where the caller wants it.
Reader::Next Reader::read_next() {
    const bool unfinished = !partial_.empty() && !partial_decoded_;
    Next next = unfinished ? next_from_partial() : next_from_fed();
    if (!next) [[unlikely]] {
        malformation_ = next.error();
        fed_ = {};
        release();
    }
    return next;
}

// The usual way: the packet lies whole in the bytes fed, and is decoded where it lies.
Reader::Next Reader::next_from_fed() {
    const FixedHeader header = parse_fixed_header(fed_);
    if (header.malformation) [[unlikely]] {
        return tl::unexpected(*header.malformation);
    }
    if (!header.complete) {
        return keep_rest();
    }
    const std::size_t size = header.packet_bytes();
    if (size > packet_bytes_max_) [[unlikely]] {
        return tl::unexpected(Malformation::kPacketTooLarge);
    }
    if (size > fed_.size()) {
        return keep_rest();
    }
    const Bytes body = fed_.first(size).subspan(header.header_bytes);
    fed_ = fed_.subspan(size);
    return decode_body(header, body);
}

Reader::Next Reader::next_from_partial() {
    FixedHeader header = parse_fixed_header(partial_);
    while (!header.complete && !header.malformation && !fed_.empty()) {  // At most four times.
        take_fed(1);
        header = parse_fixed_header(partial_);
    }
    if (header.malformation) {
        return tl::unexpected(*header.malformation);
    }
    if (!header.complete) {
        return std::nullopt;
    }
    const std::size_t size = header.packet_bytes();
    if (size > packet_bytes_max_) {
        return tl::unexpected(Malformation::kPacketTooLarge);
    }
    take_fed(std::min(size - partial_.size(), fed_.size()));
    if (partial_.size() < size) {
        return std::nullopt;
    }
    partial_decoded_ = true;
    return decode_body(header, Bytes(partial_).subspan(header.header_bytes));
}

void Reader::take_fed(std::size_t size) {
    const Bytes taken = fed_.first(size);
    partial_.insert(partial_.end(), taken.begin(), taken.end());
    fed_ = fed_.subspan(size);
}

// Only the start of a packet is left, or nothing. A stream that is cut again and again reuses
// the store; a connection that falls idle gives it back.
Reader::Next Reader::keep_rest() {
    partial_decoded_ = false;
    if (fed_.empty()) {
        release();
    } else {
        partial_.assign(fed_.begin(), fed_.end());
        fed_ = {};
    }
    return std::nullopt;
}

void Reader::release() {
    if (partial_.capacity() > 0) {
        std::vector<std::byte>().swap(partial_);
    }
}

void Reader::reset() {
    fed_ = {};
    malformation_.reset();
    partial_decoded_ = false;
    release();
}

}  // namespace twinstorm::mqtt
