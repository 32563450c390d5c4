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
          event_(event_fields(), shipped_) {
        for (std::size_t i = 0; i < event_.fields.size(); ++i) {
            const Form form = event_.fields[i].form;
            preamble_fields_ |= std::uint32_t{form != Form::kGuid && form != Form::kDateTime} << i;
        }
    }

    [[nodiscard]] bool message() {
        const auto value = [this](const Field& field, std::uint32_t&) {
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
    };

    // A kind of event that this message has, and what it had in common so far.
    struct Kind {
        const EventRule* rule = nullptr;
        Shape item{};
        // From behind an event's last time to its payload, when all else that it says stands
        // there: the same bytes in the next event of this kind, and the same head.
        std::string_view preamble{};
        Head head{};
    };

    [[nodiscard]] bool event() {
        head_ = {};
        kind_ = nullptr;
        items_ = 0;
        behind_time_ = {};
        const auto value = [this](const Field& field, std::uint32_t& seen) {
            return event_member(field, seen);
        };
        return members(event_, value) && fits();
    }

    [[nodiscard]] bool event_member(const Field& field, std::uint32_t& seen) {
        switch (field.form) {
            case Form::kText:
                return name();
            case Form::kBoolean:
                return scanner_.take_boolean(head_.is_empty);
            case Form::kArray:
                remember_preamble(seen);
                return payload();
            case Form::kCategory:
                return plain_text(head_.category);
            case Form::kEventType:
                return plain_text(head_.event_type);
            case Form::kDateTime:
                return date_time() && (!take_preamble(seen) || payload());
            default:
                return value(field);
        }
    }

    [[nodiscard]] bool payload() {
        return kind_ != nullptr && list([this] { return item(); }, items_);
    }

    [[nodiscard]] bool take_preamble(std::uint32_t& seen) {
        for (Kind& kind : kinds_) {
            if (!kind.preamble.empty() && (seen & preamble_fields_) == 0 &&
                scanner_.take_bytes(kind.preamble)) {
                kind_ = &kind;
                head_ = kind.head;
                seen |= preamble_fields_;
                return true;
            }
        }
        behind_time_ = scanner_.rest();
        seen_behind_time_ = seen;
        return false;
    }

    void remember_preamble(std::uint32_t seen) {
        if (kind_ != nullptr && !behind_time_.empty() &&
            (seen & ~seen_behind_time_) == preamble_fields_) {
            const std::size_t left = scanner_.rest().size();
            kind_->preamble = behind_time_.substr(0, behind_time_.size() - left);
            kind_->head = head_;
        }
    }

    [[nodiscard]] bool fits() const {
        const bool aggregated =
            shipped_ && kind_->rule->aggregated && head_.category == kAggregated;
        const bool never_empty = kind_->rule->category == "Triggered";
        return head_.event_type == kind_->rule->event_type &&
               (head_.category == kind_->rule->category || aggregated) &&
               !(never_empty && head_.is_empty) && (items_ > 0 || head_.is_empty);
    }

    // Most messages have events of few kinds: their rules are looked up once.
    [[nodiscard]] bool name() {
        std::string_view text;
        if (!plain_text(text)) {
            return false;
        }
        for (Kind& kind : kinds_) {
            if (kind.rule != nullptr && kind.rule->name == text) {
                kind_ = &kind;
                return true;
            }
        }
        const EventRule* const rule = find_event_rule(text);
        if (rule != nullptr) {
            kind_ = &kinds_[kinds_seen_++ % kinds_.size()];
            *kind_ = {rule, shape_of(*rule)};
        }
        return rule != nullptr;
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
        return members(kind_->item,
                       [this](const Field& field, std::uint32_t&) { return value(field); });
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
                if (found == shape.fields.size() || (seen & bit) != 0) {
                    return false;
                }
                seen |= bit;
                if (!member(shape.fields[found], seen, value)) {
                    return false;
                }
                place = found + 1;
            } while (scanner_.take(','));
            if (!scanner_.take('}')) {
                return false;
            }
        }
        return (shape.needed & ~seen) == 0 && (shape.one_of == 0 || (shape.one_of & seen) != 0);
    }

    template <class Value>
    [[nodiscard]] bool member(const Field& field, std::uint32_t& seen, const Value& value) {
        const bool known = field.need != Need::kShippedOnly || shipped_;
        return known && scanner_.take(':') && value(field, seen);
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
    std::array<Kind, 4> kinds_;
    std::size_t kinds_seen_ = 0;
    Head head_;             // Of the event being read, as the next ones.
    Kind* kind_ = nullptr;  // Once its name is known.
    std::size_t items_ = 0;
    std::string_view behind_time_{};  // All that comes behind its last time.
    std::uint32_t seen_behind_time_ = 0;
    std::uint32_t preamble_fields_ = 0;
    std::array<std::string_view, 2> times_{};  // Found right; UTC and local.
    std::size_t times_seen_ = 0;
    std::size_t events_ = 0;
};

}  // namespace

bool is_plainly_right(std::string_view body, Mode mode) {
    return Acceptor(body, mode).message();
}

}  // namespace twinstorm::defender
