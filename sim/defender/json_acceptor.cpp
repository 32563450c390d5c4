#include "defender/json_acceptor.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "defender/json_scanner.h"
#include "defender/json_schema.h"
#include "defender/json_value.h"

namespace twinstorm::defender {
namespace {

// The fields of an object, which of them must be there, and in what order the sender writes them.
struct Shape {
    Shape() = default;
    Shape(Fields of, bool shipped) : fields(of), needed(required(of, shipped)) {
        for (std::size_t i = 0; i < fields.size(); ++i) {
            follower[i] = static_cast<std::uint8_t>(i);
        }
    }

    Fields fields;
    std::uint32_t needed = 0;
    std::uint32_t one_of = 0;  // At least one of these; 0: no such rule.
    // Which field came after the one before this place; at first, the schema's order.
    std::array<std::uint8_t, kFieldsMax + 1> follower{};
};

class Acceptor {
public:
    Acceptor(std::string_view body, Mode mode)
        : scanner_(body),
          shipped_(mode == Mode::kAsShipped),
          envelope_(envelope_fields(), shipped_),
          event_(event_fields(), shipped_) {}

    [[nodiscard]] bool message() {
        const auto value = [this](const Field& field) {
            return field.form == Form::kArray ? list([this] { return event(); }, events_)
                                              : this->value(field);
        };
        return members(envelope_, value) && events_ > 0 && scanner_.at_end();
    }

private:
    // What of an event decides on the rest of it.
    struct Head {
        std::string_view category{};
        std::string_view event_type{};
        bool is_empty = false;
        std::size_t items = 0;
    };

    [[nodiscard]] bool event() {
        Head head;
        rule_ = nullptr;
        const auto value = [this, &head](const Field& field) { return event_member(field, head); };
        return members(event_, value) && fits(head);
    }

    [[nodiscard]] bool event_member(const Field& field, Head& head) {
        switch (field.form) {
            case Form::kText:
                return name();
            case Form::kBoolean:
                return scanner_.take_boolean(head.is_empty);
            case Form::kArray:
                return rule_ != nullptr && list([this] { return item(); }, head.items);
            case Form::kCategory:
                return plain_text(head.category);
            case Form::kEventType:
                return plain_text(head.event_type);
            case Form::kDateTime:
                return date_time();
            default:
                return value(field);
        }
    }

    [[nodiscard]] bool fits(const Head& head) const {
        const bool aggregated = shipped_ && rule_->aggregated && head.category == kAggregated;
        const bool never_empty = rule_->category == "Triggered";
        return head.event_type == rule_->event_type &&
               (head.category == rule_->category || aggregated) &&
               !(never_empty && head.is_empty) && (head.items > 0 || head.is_empty);
    }

    // Events of one kind come in a row: their rule is looked up once.
    [[nodiscard]] bool name() {
        std::string_view text;
        if (!plain_text(text)) {
            return false;
        }
        if (last_rule_ == nullptr || last_rule_->name != text) {
            last_rule_ = find_event_rule(text);
            item_ = last_rule_ == nullptr ? Shape() : shape_of(*last_rule_);
        }
        rule_ = last_rule_;
        return rule_ != nullptr;
    }

    [[nodiscard]] Shape shape_of(const EventRule& rule) const {
        Shape shape(rule.fields, shipped_);
        for (std::size_t i = 0; rule.name == "Login" && i < rule.fields.size(); ++i) {
            const bool names_user =
                rule.fields[i].name == "UserId" || rule.fields[i].name == "UserName";
            shape.one_of |= std::uint32_t{names_user} << i;
        }
        return shape;
    }

    [[nodiscard]] bool item() {
        return members(item_, [this](const Field& field) { return value(field); });
    }

    // Times repeat from event to event; what was right once is right again.
    [[nodiscard]] bool date_time() {
        std::string_view text;
        if (!plain_text(text)) {
            return false;
        }
        if (std::ranges::any_of(times_, [text](std::string_view known) {
                return !known.empty() && known == text;
            })) {
            return true;
        }
        times_[++times_seen_ % times_.size()] = text;
        return has_text_form(text, Form::kDateTime, shipped_);
    }

    [[nodiscard]] bool plain_text(std::string_view& text) {
        JsonScanner::Text found;
        const bool taken = scanner_.take_text(found) && found.plain;
        text = found.bytes;
        return taken;
    }

    [[nodiscard, gnu::always_inline]] bool value(const Field& field) {
        JsonScanner::Text found;
        std::int64_t number = 0;
        switch (field.form) {
            case Form::kText:
                return scanner_.take_text(found);
            case Form::kInteger:
                return scanner_.take_integer(number);
            case Form::kBoolean: {
                bool flag = false;
                return scanner_.take_boolean(flag);
            }
            case Form::kTextMap:
                return text_map();
            case Form::kArray:
                return false;
            default:
                break;
        }
        if (scanner_.take_text(found)) {
            return found.plain && has_text_form(found.bytes, field.form, shipped_);
        }
        return shipped_ && field.form == Form::kPort && scanner_.take_integer(number) &&
               number >= 0 && number <= kPortMax;
    }

    [[nodiscard]] bool text_map() {
        if (!scanner_.take('{')) {
            return false;
        }
        if (scanner_.take('}')) {
            return true;
        }
        do {
            JsonScanner::Text text;
            std::int64_t number = 0;
            if (!scanner_.take_text(text) || !scanner_.take(':')) {
                return false;
            }
            if (!scanner_.take_text(text) && !(shipped_ && scanner_.take_integer(number))) {
                return false;
            }
        } while (scanner_.take(','));
        return scanner_.take('}');
    }

    template <class Element>
    [[nodiscard]] bool list(const Element& element, std::size_t& count) {
        if (!scanner_.take('[')) {
            return false;
        }
        if (scanner_.take(']')) {
            return true;
        }
        do {
            if (!element()) {
                return false;
            }
            ++count;
        } while (scanner_.take(','));
        return scanner_.take(']');
    }

    // One object: each field at most once, each required one, and nothing else.
    template <class Value>
    [[nodiscard]] bool members(Shape& shape, const Value& value) {
        if (!scanner_.take('{')) {
            return false;
        }
        std::uint32_t seen = 0;
        if (!scanner_.take('}')) {
            std::size_t place = 0;  // Behind the field before; 0: at the beginning.
            do {
                const std::size_t found = find_name(shape, place);
                const std::uint32_t bit = std::uint32_t{1} << found;
                if (found == shape.fields.size() || (seen & bit) != 0 ||
                    !member(shape.fields[found], value)) {
                    return false;
                }
                seen |= bit;
                place = found + 1;
            } while (scanner_.take(','));
            if (!scanner_.take('}')) {
                return false;
            }
        }
        return (shape.needed & ~seen) == 0 && (shape.one_of == 0 || (shape.one_of & seen) != 0);
    }

    template <class Value>
    [[nodiscard]] bool member(const Field& field, const Value& value) {
        const bool known = field.need != Need::kShippedOnly || shipped_;
        return known && scanner_.take(':') && value(field);
    }

    // One sender writes all its objects in one order: what followed last time is tried first.
    [[nodiscard]] std::size_t find_name(Shape& shape, std::size_t place) {
        scanner_.skip_blanks();
        const std::size_t expected = shape.follower[place];
        if (expected < shape.fields.size() && scanner_.take_name(shape.fields[expected].name)) {
            return expected;
        }
        for (std::size_t i = 0; i < shape.fields.size(); ++i) {
            if (scanner_.take_name(shape.fields[i].name)) {
                shape.follower[place] = static_cast<std::uint8_t>(i);
                return i;
            }
        }
        return shape.fields.size();
    }

    JsonScanner scanner_;
    bool shipped_;
    Shape envelope_;
    Shape event_;
    Shape item_;                       // Of last_rule_.
    const EventRule* rule_ = nullptr;  // Of the event being read, once its name is known.
    const EventRule* last_rule_ = nullptr;
    std::array<std::string_view, 2> times_{};  // Found right; UTC and local.
    std::size_t times_seen_ = 0;
    std::size_t events_ = 0;
};

}  // namespace

bool is_plainly_right(std::string_view body, Mode mode) {
    return Acceptor(body, mode).message();
}

}  // namespace twinstorm::defender
