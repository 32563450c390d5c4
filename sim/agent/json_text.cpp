#include "agent/json_text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>

namespace twinstorm::agent {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

void put_two_digits(char* at, unsigned value) {
    at[0] = static_cast<char>('0' + value / 10);
    at[1] = static_cast<char>('0' + value % 10);
}

void put_hex(char* at, std::uint64_t value, int digits) {
    for (int i = digits - 1; i >= 0; --i) {
        at[i] = kHex[value & 0xf];
        value >>= 4;
    }
}

// "yyyy-mm-ddThh:mm:ss"; nanoseconds since 1970 in 64 bits end in the year 2262, so four digits do.
constexpr std::size_t kDateTimeBytes = 19;

void put_date_time(char* at, std::chrono::sys_seconds instant) {
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{instant - day};
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    put_two_digits(at, year / 100);
    put_two_digits(at + 2, year % 100);
    at[4] = '-';
    put_two_digits(at + 5, static_cast<unsigned>(date.month()));
    at[7] = '-';
    put_two_digits(at + 8, static_cast<unsigned>(date.day()));
    at[10] = 'T';
    put_two_digits(at + 11, static_cast<unsigned>(time.hours().count()));
    at[13] = ':';
    put_two_digits(at + 14, static_cast<unsigned>(time.minutes().count()));
    at[16] = ':';
    put_two_digits(at + 17, static_cast<unsigned>(time.seconds().count()));
}

}  // namespace

void append_integer(std::string& text, std::uint64_t value) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text.append(digits.data(), end);
}

void append_escaped(std::string& text, std::string_view value) {
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            text += '\\';
            text += c;
        } else if (byte < 0x20) {
            text += "\\u00";
            text += kHex[byte >> 4];
            text += kHex[byte & 0xf];
        } else {
            text += c;
        }
    }
}

void append_field(std::string& text, std::string_view name, std::string_view value) {
    text += '"';
    append_escaped(text, name);
    text += "\":\"";
    append_escaped(text, value);
    text += '"';
}

void append_uuid(std::string& text, std::uint64_t high, std::uint64_t low) {
    high = (high & ~std::uint64_t{0xf000}) | 0x4000;  // Version 4 [RFC 4122, 4.4].
    low = (low & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62);  // Its variant.
    std::array<char, 36> uuid;
    put_hex(uuid.data(), high >> 32, 8);
    uuid[8] = '-';
    put_hex(uuid.data() + 9, high >> 16, 4);
    uuid[13] = '-';
    put_hex(uuid.data() + 14, high, 4);
    uuid[18] = '-';
    put_hex(uuid.data() + 19, low >> 48, 4);
    uuid[23] = '-';
    put_hex(uuid.data() + 24, low, 12);
    text.append(uuid.data(), uuid.size());
}

void append_time(std::string& text, WallTime instant, int zone_minutes) {
    const auto local =
        std::chrono::floor<std::chrono::seconds>(instant) + std::chrono::minutes(zone_minutes);
    std::array<char, kDateTimeBytes + 6> at;
    put_date_time(at.data(), local);
    if (zone_minutes == 0) {
        at[kDateTimeBytes] = 'Z';
        text.append(at.data(), kDateTimeBytes + 1);
        return;
    }
    const auto offset = static_cast<unsigned>(std::abs(zone_minutes));
    at[kDateTimeBytes] = zone_minutes < 0 ? '-' : '+';
    put_two_digits(at.data() + kDateTimeBytes + 1, offset / 60);
    at[kDateTimeBytes + 3] = ':';
    put_two_digits(at.data() + kDateTimeBytes + 4, offset % 60);
    text.append(at.data(), at.size());
}

void append_ipv4(std::string& text, std::uint32_t address) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        append_integer(text, (address >> shift) & 0xff);
        if (shift > 0) {
            text += '.';
        }
    }
}

}  // namespace twinstorm::agent
