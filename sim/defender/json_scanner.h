// Reads the tokens of well-formed JSON one after the other, and gives up at the first that is not.
//
// Use:    each function consumes one token, with blanks before it, and says whether it was there;
//         a text that is none leaves its quote, so that it is nothing else, either.
// Owner:  the caller keeps the text. Accepts less than JSON: strings of ASCII, integers of up to 18
//         digits, no `\u`.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace twinstorm::defender {

class JsonScanner {
public:
    struct Text {
        std::string_view bytes;  // As written.
        bool plain = true;       // Without escapes: what is written is what is meant.
    };

    explicit JsonScanner(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

    [[nodiscard]] bool take(char mark) {
        if (at_ != end_ && *at_ != mark) {
            skip_blanks();
        }
        if (at_ == end_ || *at_ != mark) {
            return false;
        }
        ++at_;
        return true;
    }

    // `"name"`, written without escapes.
    [[nodiscard]] bool take_name(std::string_view name) {
        const auto left = static_cast<std::size_t>(end_ - at_);
        if (left < name.size() + 2 || *at_ != '"' || at_[name.size() + 1] != '"' ||
            !same(at_ + 1, name.data(), name.size())) {
            return false;
        }
        at_ += name.size() + 2;
        return true;
    }

    [[nodiscard, gnu::always_inline]] bool take_text(Text& text) {
        if (!take('"')) {
            return false;
        }
        const char* at = plain_end(at_, end_);
        text.plain = at == end_ || *at != '\\';
        while (is_escape(at)) {
            at = plain_end(at + 2, end_);
        }
        if (at == end_ || *at != '"') {
            --at_;  // The quote stays: what begins with one is nothing else, either.
            return false;
        }
        text.bytes = {at_, static_cast<std::size_t>(at - at_)};
        at_ = at + 1;
        return true;
    }

    [[nodiscard]] bool take_boolean(bool& value) {
        skip_blanks();
        value = at_ != end_ && *at_ == 't';
        return take_word(value ? "true" : "false");
    }

    [[nodiscard]] bool take_integer(std::int64_t& value) {
        skip_blanks();
        const bool negative = at_ != end_ && *at_ == '-';
        at_ += negative ? 1 : 0;
        const char* const begin = at_;
        value = 0;
        while (at_ != end_ && *at_ >= '0' && *at_ <= '9' && at_ - begin <= kDigitsMax) {
            value = value * 10 + (*at_++ - '0');
        }
        const std::ptrdiff_t digits = at_ - begin;
        const bool zero_first = digits > 0 && *begin == '0' && (digits > 1 || negative);
        value = negative ? -value : value;
        return digits > 0 && digits <= kDigitsMax && !zero_first;
    }

    [[nodiscard]] std::string_view rest() const {
        return {at_, static_cast<std::size_t>(end_ - at_)};
    }

    // Exactly these.
    [[nodiscard]] bool take_bytes(std::string_view bytes) {
        const bool there = rest().starts_with(bytes);
        at_ += there ? bytes.size() : 0;
        return there;
    }

    [[nodiscard]] bool at_end() {
        skip_blanks();
        return at_ == end_;
    }

    void skip_blanks() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) {
            ++at_;
        }
    }

private:
    static constexpr std::ptrdiff_t kDigitsMax = 18;
    static constexpr std::uint64_t kOnes = 0x0101010101010101;
    static constexpr std::uint64_t kHighs = 0x8080808080808080;

    // Marks each byte that does not simply stand for itself in a string; a byte behind the first
    // such may be marked wrongly.
    static std::uint64_t marked(std::uint64_t word) {
        const std::uint64_t quote = word ^ (kOnes * '"');
        const std::uint64_t escape = word ^ (kOnes * '\\');
        return (word | (word - kOnes * ' ') | (quote - kOnes) | (escape - kOnes)) & kHighs;
    }

#if defined(__SSE2__)
    // The same of 16 bytes, a bit for each.
    static unsigned marked_of_16(const char* text) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
        // As signed numbers, what is beyond ASCII is less than a blank, too.
        const __m128i odd = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
        const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
        const __m128i escape = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
        return static_cast<unsigned>(
            _mm_movemask_epi8(_mm_or_si128(odd, _mm_or_si128(quote, escape))));
    }
#endif

    static bool plain(char c) {
        return static_cast<signed char>(c) >= ' ' && c != '"' && c != '\\';
    }

    // Names are short: comparing words of them in place is cheaper than any call.
    static bool same(const char* a, const char* b, std::size_t size) {
        if (size < sizeof(std::uint64_t)) {
            std::size_t i = 0;
            while (i < size && a[i] == b[i]) {
                ++i;
            }
            return i == size;
        }
        std::uint64_t difference = 0;
        for (std::size_t i = 0; i + 8 < size; i += 8) {
            difference |= word_at(a + i) ^ word_at(b + i);
        }
        difference |= word_at(a + size - 8) ^ word_at(b + size - 8);
        return difference == 0;
    }

    static std::uint64_t word_at(const char* text) {
        std::uint64_t word = 0;
        std::memcpy(&word, text, sizeof word);
        return word;
    }

    // The first byte that does not simply stand for itself, or the end.
    static const char* plain_end(const char* at, const char* end) {
#if defined(__SSE2__)
        while (end - at >= 16) {
            const unsigned found = marked_of_16(at);
            if (found != 0) {
                return at + std::countr_zero(found);
            }
            at += 16;
        }
#endif
        while (end - at >= 8) {
            const std::uint64_t found = marked(word_at(at));
            if (found == 0) {
                at += 8;
                continue;
            }
            if constexpr (std::endian::native == std::endian::little) {
                at += std::countr_zero(found) / 8;
            }
            break;
        }
        while (at != end && plain(*at)) {
            ++at;
        }
        return at;
    }

    [[nodiscard]] bool is_escape(const char* at) const {
        constexpr std::string_view kLetters = "\"\\/bfnrt";
        return end_ - at >= 2 && *at == '\\' && kLetters.find(at[1]) != std::string_view::npos;
    }

    bool take_word(std::string_view word) {
        if (static_cast<std::size_t>(end_ - at_) < word.size() ||
            std::memcmp(at_, word.data(), word.size()) != 0) {
            return false;
        }
        at_ += word.size();
        return true;
    }

    const char* at_;
    const char* end_;
};

}  // namespace twinstorm::defender
