// A text that grows piece by piece and keeps its memory: where encoders build an entry before they
// know whether it still fits into a message.
//
// Why not std::string: pieces are a few bytes each, and copying one is to cost a comparison and a
// move or two; room for raw writes comes uncleared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace twinstorm::agent {

class TextBuffer {
public:
    void clear() { size_ = 0; }
    void cut_back(std::size_t size) { size_ = size < size_ ? size : size_; }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

    void put(std::string_view piece) {
        std::memcpy(room(piece.size()), piece.data(), piece.size());
        size_ += piece.size();
    }
    void put(char c) {
        *room(1) = c;
        ++size_;
    }
    void put_integer(std::uint64_t value);
    // The inside of a JSON string [RFC 8259, 7]: quote, backslash and control characters escaped.
    // The value is taken to be UTF-8.
    void put_escaped(std::string_view value);
    // The form of a random UUID (version 4), made of 122 of these 128 bits.
    void put_uuid(std::uint64_t high, std::uint64_t low);
    // Dotted decimal of an address in host order.
    void put_ipv4(std::uint32_t address);
    // Six bytes with colons between them.
    void put_mac(std::uint64_t address);

private:
    [[nodiscard]] char* room(std::size_t bytes) {
        if (bytes > capacity_ - size_) [[unlikely]] {
            grow(bytes);
        }
        return bytes_.get() + size_;
    }
    void grow(std::size_t bytes);

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace twinstorm::agent
