#include "stats/json_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace twinstorm::stats {
namespace {

namespace json = boost::json;

constexpr int kLevelsSpread = 2;  // The document, and each of its members.
constexpr std::size_t kIndent = 2;

// Boost.JSON writes 0.5 as 5E-1: right, but not for people.
void append_number(std::string& out, double number) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    std::array<char, 32> digits{};
    const double plain = number == 0 ? 0 : number;  // A negative zero would read back as another.
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), plain);
    out.append(digits.data(), end);
}

// Text from a person's file may be no UTF-8, which no reader of JSON accepts: such bytes become
// `?`.
void append_text(std::string& out, json::string_view text) {
    std::string quoted = json::serialize(text);
    json::error_code error;
    (void)json::parse(quoted, error);
    if (error) {
        for (char& c : quoted) {
            c = static_cast<unsigned char>(c) < 0x80 ? c : '?';
        }
    }
    out += quoted;
}

void append_value(std::string& out, const json::value& value, int level);

// Separates members: a line for each while `level` is spread, otherwise a blank.
void append_break(std::string& out, int level, bool first) {
    if (!first) {
        out += ',';
    }
    if (level < kLevelsSpread) {
        out += '\n';
        out.append(kIndent * static_cast<std::size_t>(level + 1), ' ');
    } else if (!first) {
        out += ' ';
    }
}

void append_end(std::string& out, int level, bool empty) {
    if (level < kLevelsSpread && !empty) {
        out += '\n';
        out.append(kIndent * static_cast<std::size_t>(level), ' ');
    }
}

void append_object(std::string& out, const json::object& object, int level) {
    out += '{';
    bool first = true;
    for (const json::key_value_pair& member : object) {
        append_break(out, level, first);
        append_text(out, member.key());
        out += ": ";
        append_value(out, member.value(), level + 1);
        first = false;
    }
    append_end(out, level, first);
    out += '}';
}

void append_array(std::string& out, const json::array& array, int level) {
    out += '[';
    bool first = true;
    for (const json::value& item : array) {
        append_break(out, level, first);
        append_value(out, item, level + 1);
        first = false;
    }
    append_end(out, level, first);
    out += ']';
}

void append_value(std::string& out, const json::value& value, int level) {
    switch (value.kind()) {
        case json::kind::null:
            out += "null";
            break;
        case json::kind::bool_:
            out += value.get_bool() ? "true" : "false";
            break;
        case json::kind::int64:
            out += fmt::to_string(value.get_int64());
            break;
        case json::kind::uint64:
            out += fmt::to_string(value.get_uint64());
            break;
        case json::kind::double_:
            append_number(out, value.get_double());
            break;
        case json::kind::string:
            append_text(out, value.get_string());
            break;
        case json::kind::array:
            append_array(out, value.get_array(), level);
            break;
        case json::kind::object:
            append_object(out, value.get_object(), level);
            break;
    }
}

}  // namespace

std::string json_text(const json::object& object) {
    std::string out;
    append_object(out, object, 0);
    out += '\n';
    return out;
}

}  // namespace twinstorm::stats
