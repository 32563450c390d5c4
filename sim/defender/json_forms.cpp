#include "defender/json_forms.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

#include <arpa/inet.h>

namespace twinstorm::defender {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

unsigned number(std::string_view digits) {
    unsigned value = 0;
    for (const char c : digits) {
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value;
}

bool is_single_port(std::string_view text) {
    constexpr std::size_t kDigitsMax = 5;
    constexpr unsigned kPortMax = 65'535;
    return !text.empty() && text.size() <= kDigitsMax && std::ranges::all_of(text, is_digit) &&
           number(text) <= kPortMax;
}

bool is_port_item(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash != std::string_view::npos) {
        return is_single_port(text.substr(0, dash)) && is_single_port(text.substr(dash + 1));
    }
    return text == "*" || is_single_port(text);
}

// `pattern` has `mark` for one of `members` and is itself elsewhere.
template <char mark>
struct Pattern {
    constexpr explicit Pattern(std::string_view members) {
        for (std::size_t i = 0; i < as_mark.size(); ++i) {
            as_mark[i] = static_cast<char>(i);
        }
        as_mark[static_cast<unsigned char>(mark)] = 0;
        for (const char member : members) {
            as_mark[static_cast<unsigned char>(member)] = mark;
        }
    }

    [[nodiscard]] bool matches(std::string_view text, std::string_view pattern) const {
        if (text.size() != pattern.size()) {
            return false;
        }
        int wrong = 0;  // Summed up without branches: this is done for each event.
        for (std::size_t i = 0; i < pattern.size(); ++i) {
            wrong |= as_mark[static_cast<unsigned char>(text[i])] ^ pattern[i];
        }
        return wrong == 0;
    }

    std::array<char, 256> as_mark{};
};

bool matches(std::string_view text, std::string_view pattern) {
    static constexpr Pattern<'d'> kDigits("0123456789");
    return kDigits.matches(text, pattern);
}

bool is_zone(std::string_view text) {
    if (text == "Z" || text == "z") {
        return true;
    }
    if (!matches(text, "+dd:dd") && !matches(text, "-dd:dd")) {
        return false;
    }
    return number(text.substr(1, 2)) < 24 && number(text.substr(4, 2)) < 60;
}

bool is_date(std::string_view text) {
    if (!matches(text, "dddd-dd-dd")) {
        return false;
    }
    const std::chrono::year_month_day date{
        std::chrono::year(static_cast<int>(number(text.substr(0, 4)))),
        std::chrono::month(number(text.substr(5, 2))), std::chrono::day(number(text.substr(8, 2)))};
    return date.ok();
}

bool is_between(char c) {
    return c == 'T' || c == 't' || c == ' ';
}

// A second may be a leap second.
bool is_time(std::string_view text) {
    return matches(text, "dd:dd:dd") && number(text.substr(0, 2)) < 24 &&
           number(text.substr(3, 2)) < 60 && number(text.substr(6, 2)) <= 60;
}

// As inet_pton() reads it: four decimal numbers without leading zeros.
bool is_dotted_quad(std::string_view text) {
    constexpr unsigned kOctetMax = 255;
    unsigned octets = 0;
    unsigned value = 0;
    std::size_t digits = 0;
    for (const char c : text) {
        if (is_digit(c) && !(digits > 0 && value == 0)) {
            value = value * 10 + static_cast<unsigned>(c - '0');
            ++digits;
        } else if (c == '.' && digits > 0) {
            ++octets;
            value = 0;
            digits = 0;
        } else {
            return false;
        }
        if (value > kOctetMax) {
            return false;
        }
    }
    return octets == 3 && digits > 0;
}

}  // namespace

bool is_guid(std::string_view text) {
    static constexpr Pattern<'x'> kHexadecimal("0123456789abcdefABCDEF");
    return kHexadecimal.matches(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
}

bool is_date_time(std::string_view text, Zone zone) {
    constexpr std::size_t kDateBytes = 10;
    constexpr std::size_t kSecondsEnd = 19;
    if (text.size() < kSecondsEnd || !is_date(text.substr(0, kDateBytes)) ||
        !is_between(text[kDateBytes]) || !is_time(text.substr(kDateBytes + 1, 8))) {
        return false;
    }
    std::string_view rest = text.substr(kSecondsEnd);
    if (rest.starts_with('.')) {
        const auto* const end = std::find_if_not(rest.begin() + 1, rest.end(), is_digit);
        const auto fraction = static_cast<std::size_t>(end - rest.begin());
        if (fraction == 1) {
            return false;
        }
        rest.remove_prefix(fraction);
    }
    return rest.empty() ? zone == Zone::kOptional : is_zone(rest);
}

bool is_port(std::string_view text) {
    while (true) {
        const std::size_t comma = text.find(',');
        if (!is_port_item(text.substr(0, comma))) {
            return false;
        }
        if (comma == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(comma + 1);
    }
}

bool is_address(std::string_view text) {
    if (is_dotted_quad(text)) {
        return true;
    }
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) {
        return false;
    }
    std::ranges::copy(text, terminated.begin());
    in6_addr address{};
    const int family = text.find(':') == std::string_view::npos ? AF_INET : AF_INET6;
    return inet_pton(family, terminated.data(), &address) == 1;
}

}  // namespace twinstorm::defender
