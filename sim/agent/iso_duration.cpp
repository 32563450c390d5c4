#include "agent/iso_duration.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>

#include "agent/json_text.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

struct Component {
    char letter;
    Duration length;
};

constexpr std::array kDateComponents{Component{'Y', 365 * 24h}, Component{'M', 30 * 24h},
                                     Component{'W', 7 * 24h}, Component{'D', 24h}};
constexpr std::array kTimeComponents{Component{'H', 1h}, Component{'M', 1min}, Component{'S', 1s}};

// Components one after the other, each at most once and in their order.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    [[nodiscard]] std::optional<Duration> read() {
        if (!take('P') || !read_components(kDateComponents)) {
            return std::nullopt;
        }
        if (take('T')) {
            const int before = components_;
            if (!read_components(kTimeComponents) || components_ == before) {
                return std::nullopt;
            }
        }
        const bool whole = rest_.empty() && components_ > 0;
        return whole ? std::optional(sum_) : std::nullopt;
    }

private:
    bool take(char letter) {
        const bool there = rest_.starts_with(letter);
        rest_.remove_prefix(there ? 1 : 0);
        return there;
    }

    template <std::size_t N>
    bool read_components(const std::array<Component, N>& components) {
        std::size_t next = 0;
        while (!rest_.empty() && rest_.front() != 'T') {
            const std::optional<double> count = read_count();
            if (!count || rest_.empty()) {
                return false;
            }
            while (next < N && components[next].letter != rest_.front()) {
                ++next;
            }
            if (next == N || !add(*count, components[next].length)) {
                return false;
            }
            rest_.remove_prefix(1);
            ++next;
        }
        return true;
    }

    std::optional<double> read_count() {
        const std::size_t length = rest_.find_first_not_of("0123456789.,");
        const std::string_view digits = rest_.substr(0, length);
        const bool digit_ends = !digits.empty() && digits.front() >= '0' && digits.front() <= '9' &&
                                digits.back() >= '0' && digits.back() <= '9';
        std::string number(digits);
        for (char& c : number) {
            c = c == ',' ? '.' : c;  // ISO 8601 allows both.
        }
        double count = 0;
        const char* const end = number.data() + number.size();
        const auto [stop, error] =
            std::from_chars(number.data(), end, count, std::chars_format::fixed);
        if (!digit_ends || fraction_ || error != std::errc() || stop != end) {
            return std::nullopt;
        }
        fraction_ = number.find('.') != std::string::npos;
        rest_.remove_prefix(digits.size());
        return count;
    }

    bool add(double count, Duration length) {
        const double nanoseconds = count * static_cast<double>(length.count());
        if (nanoseconds > static_cast<double>(kIsoDurationMax.count())) {
            return false;
        }
        sum_ += Duration(std::llround(nanoseconds));
        ++components_;
        return sum_ <= kIsoDurationMax;
    }

    std::string_view rest_;
    Duration sum_{};
    int components_ = 0;
    bool fraction_ = false;  // Nothing may follow it.
};

void append_component(std::string& text, Duration::rep count, char letter) {
    if (count > 0) {
        append_integer(text, static_cast<std::uint64_t>(count));
        text += letter;
    }
}

// Seconds with as many decimals as they need.
void append_seconds(std::string& text, Duration rest) {
    append_integer(text, static_cast<std::uint64_t>(rest / 1s));
    Duration::rep fraction = (rest % 1s).count();
    if (fraction > 0) {
        text += '.';
        for (Duration::rep unit = 100'000'000; fraction > 0; unit /= 10) {
            text += static_cast<char>('0' + fraction / unit);
            fraction %= unit;
        }
    }
    text += 'S';
}

}  // namespace

std::optional<Duration> parse_iso_duration(std::string_view text) {
    return Reader(text).read();
}

void append_iso_duration(std::string& text, Duration duration) {
    text += 'P';
    append_component(text, duration / 24h, 'D');
    const Duration rest = duration % 24h;
    if (rest == 0s && duration > 0s) {
        return;
    }
    text += 'T';
    append_component(text, rest / 1h, 'H');
    append_component(text, rest % 1h / 1min, 'M');
    if (rest % 1min != 0s || duration == 0s) {
        append_seconds(text, rest % 1min);
    }
}

std::string format_iso_duration(Duration duration) {
    std::string text;
    append_iso_duration(text, duration);
    return text;
}

}  // namespace twinstorm::agent
