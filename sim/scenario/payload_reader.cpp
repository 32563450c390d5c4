#include "scenario/payload_reader.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include "scenario/placeholder_reader.h"
#include "scenario/value_reader.h"

namespace twinstorm::scenario {
namespace {

using agent::Fill;
using agent::Payload;
using agent::Piece;

// Before any placeholder: `{text:integer:1..9}`.
constexpr std::string_view kAsText = "{text:";

std::size_t skip_digits(std::string_view text, std::size_t at) {
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
        ++at;
    }
    return at;
}

// As JSON writes numbers [RFC 8259, 6]; anything else that is plain is text.
bool is_json_number(std::string_view text) {
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    std::size_t at = skip_digits(text, first);
    const bool leading_zero = at > first + 1 && text[first] == '0';
    if (at == first || leading_zero) {
        return false;
    }
    if (at < text.size() && text[at] == '.') {
        const std::size_t fraction = at + 1;
        at = skip_digits(text, fraction);
        if (at == fraction) {
            return false;
        }
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        at += at < text.size() && (text[at] == '+' || text[at] == '-') ? 1 : 0;
        const std::size_t exponent = at;
        at = skip_digits(text, exponent);
        if (at == exponent) {
            return false;
        }
    }
    return at == text.size();
}

// `{time}` without quotes is YAML for a map with the key `time`.
bool is_bare_placeholder(const Value& value) {
    return value.kind == Value::Kind::kMap && value.flow && value.entries.size() == 1 &&
           value.entries.front().value.kind == Value::Kind::kNull &&
           looks_like_a_placeholder(value.entries.front().key);
}

class PayloadReader {
public:
    PayloadReader(const std::vector<agent::DesiredKey>& desired, Mistakes& mistakes)
        : desired_(desired), mistakes_(mistakes) {}

    Payload read(const Value& value) {
        add(value);
        flush();
        if (payload_.size() > kPayloadPiecesMax || bytes_ > kPayloadBytesMax) {
            mistakes_.add(
                value.place,
                fmt::format("a payload of {} pieces and {} constant bytes; expected at "
                            "most {} and {}",
                            payload_.size(), bytes_, kPayloadPiecesMax, kPayloadBytesMax));
        }
        return std::move(payload_);
    }

private:
    void add(const Value& value) {
        switch (value.kind) {
            case Value::Kind::kNull:
                constant_ += "null";
                return;
            case Value::Kind::kScalar:
                add_scalar(value);
                return;
            case Value::Kind::kList:
                add_list(value);
                return;
            case Value::Kind::kMap:
                add_map(value);
                return;
        }
    }

    void add_list(const Value& value) {
        constant_ += '[';
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            constant_ += i > 0 ? "," : "";
            add(value.items[i]);
        }
        constant_ += ']';
    }

    void add_map(const Value& value) {
        if (is_bare_placeholder(value)) {
            mistakes_.add(value.place, fmt::format("a map where `{0}` stands in braces; expected a "
                                                   "placeholder in quotes: `\"{{{0}}}\"`",
                                                   value.entries.front().key));
            return;
        }
        constant_ += '{';
        for (const Value::Entry& entry : value.entries) {
            if (value.find(entry.key) != &entry.value) {
                mistakes_.add(
                    entry.place,
                    fmt::format("key `{}` is written twice; expected it once", entry.key));
            }
            constant_ += &entry == &value.entries.front() ? "\"" : ",\"";
            constant_ += json_inside(entry.key) + "\":";
            add(entry.value);
        }
        constant_ += '}';
    }

    void add_scalar(const Value& value) {
        const std::string& text = value.scalar;
        if (!value.quoted && (text == "true" || text == "false" || is_json_number(text))) {
            constant_ += text;
            return;
        }
        // One placeholder and nothing else: it brings its own type, unless it is to be text.
        if (text.starts_with('{') && !text.starts_with("{{") && !text.starts_with(kAsText) &&
            text.find('}') == text.size() - 1) {
            add_placeholder(std::string_view(text).substr(1, text.size() - 2), false, value.place);
            return;
        }
        constant_ += '"';
        add_text(text, value.place);
        constant_ += '"';
    }

    void add_text(std::string_view text, const Place& place) {
        while (!text.empty()) {
            const std::size_t brace = text.find_first_of("{}");
            constant_ += json_inside(text.substr(0, brace));
            if (brace == std::string_view::npos) {
                return;
            }
            text.remove_prefix(brace);
            if (text.starts_with("{{") || text.starts_with("}}")) {
                constant_ += text.front();
                text.remove_prefix(2);
                continue;
            }
            const std::size_t end = text.find('}');
            if (text.front() == '}' || end == std::string_view::npos) {
                mistakes_.add(place,
                              fmt::format("`{0}` alone in a text; expected a placeholder such "
                                          "as `{{time}}`, or `{0}{0}` for the brace itself",
                                          text.front()));
                return;
            }
            const std::size_t begin = text.starts_with(kAsText) ? kAsText.size() : 1;
            add_placeholder(text.substr(begin, end - begin), true, place);
            text.remove_prefix(end + 1);
        }
    }

    void add_placeholder(std::string_view text, bool in_text, const Place& place) {
        auto piece = parse_placeholder(text, desired_);
        if (!piece) {
            mistakes_.add(place, std::move(piece.error()));
            return;
        }
        flush();
        piece->in_text = in_text;
        payload_.push_back(std::move(*piece));
    }

    void flush() {
        if (!constant_.empty()) {
            bytes_ += constant_.size();
            payload_.push_back({.fill = Fill::kConstant, .text = std::exchange(constant_, {})});
        }
    }

    const std::vector<agent::DesiredKey>& desired_;
    Mistakes& mistakes_;
    Payload payload_;
    std::string constant_;
    std::size_t bytes_ = 0;
};

}  // namespace

Payload read_payload(const Value& value, const std::vector<agent::DesiredKey>& desired,
                     Mistakes& mistakes) {
    return PayloadReader(desired, mistakes).read(value);
}

std::string json_inside(std::string_view text) {
    const std::string quoted = boost::json::serialize(boost::json::string(text));
    return quoted.substr(1, quoted.size() - 2);
}

}  // namespace twinstorm::scenario
