#include "scenario/overrides.h"

#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "scenario/keys.h"
#include "twinstorm/plan/nearest_name.h"

namespace twinstorm::scenario {
namespace {

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> segments;
    for (;;) {
        const std::size_t point = path.find('.');
        segments.emplace_back(path.substr(0, point));
        if (point == std::string_view::npos) {
            return segments;
        }
        path.remove_prefix(point + 1);
    }
}

// What an item of a list goes by, besides its index.
std::optional<std::string_view> item_name(const Value& item) {
    for (const std::string_view key : {"group", "name"}) {
        const Value* const name = item.find(key);
        if (name != nullptr && name->kind == Value::Kind::kScalar) {
            return name->scalar;
        }
    }
    return std::nullopt;
}

class Walk {
public:
    Walk(Value& root, const Place& place, Mistakes& mistakes)
        : at_(&root), place_(place), mistakes_(mistakes) {}

    // False when the path ends here, in a mistake.
    bool step(const std::string& segment) {
        switch (at_->kind) {
            case Value::Kind::kList:
                return step_into_list(segment);
            case Value::Kind::kNull:
            case Value::Kind::kMap:
                return step_into_map(segment);
            case Value::Kind::kScalar:
                break;
        }
        return blame(fmt::format("nothing lies below `{}`; expected no `.{}`", path_, segment));
    }

    [[nodiscard]] Value& at() { return *at_; }

private:
    bool blame(std::string text) {
        mistakes_.add(place_, std::move(text));
        return false;
    }

    bool step_into_list(const std::string& segment) {
        std::size_t index = 0;
        const char* const end = segment.data() + segment.size();
        const auto [rest, error] = std::from_chars(segment.data(), end, index);
        const bool number = error == std::errc() && rest == end;
        std::vector<std::string_view> names;
        for (std::size_t i = 0; i < at_->items.size(); ++i) {
            const std::optional<std::string_view> name = item_name(at_->items[i]);
            if (name == segment || (number && i == index)) {
                at_ = &at_->items[i];
                path_ += "[]";
                return true;
            }
            if (name) {
                names.push_back(*name);
            }
        }
        return blame(number || names.empty()
                         ? fmt::format("no item `{}` in `{}`; expected an index below {}", segment,
                                       path_, at_->items.size())
                         : fmt::format("no item `{}` in `{}`; {}", segment, path_,
                                       plan::suggest(segment, names)));
    }

    bool step_into_map(const std::string& segment) {
        Value* found = at_->find(segment);
        if (found == nullptr) {
            const KeyTable* const known = find_table(path_);
            if (!path_.starts_with(kPatchPath) && (known == nullptr || !known->contains(segment))) {
                const auto names =
                    known != nullptr ? known->names() : std::vector<std::string_view>();
                return blame(
                    fmt::format("unknown key `{}`; {}", segment, plan::suggest(segment, names)));
            }
            at_->kind = Value::Kind::kMap;
            at_->entries.push_back({segment, place_, Value()});
            found = &at_->entries.back().value;
            found->place = place_;
        }
        at_ = found;
        path_ += path_.empty() ? segment : "." + segment;
        return true;
    }

    Value* at_;
    Place place_;
    Mistakes& mistakes_;
    std::string path_;  // As in the tables of keys.
};

void apply_override(const Override& override, int number, Value& root, Mistakes& mistakes) {
    const Place place{number, 0, 0};
    if (!override.complete) {
        mistakes.add(place, "no value; expected a form such as `fleet.0.devices=10`");
        return;
    }
    auto value = parse_yaml(override.value, number);
    if (!value) {
        mistakes.add(place, value.error().text);
        return;
    }
    Walk walk(root, place, mistakes);
    for (const std::string& segment : split_path(override.path)) {
        if (!walk.step(segment)) {
            return;
        }
    }
    walk.at() = std::move(*value);
}

}  // namespace

Override split_override(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
        return {std::string(text), "", false};
    }
    return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)), true};
}

void apply_overrides(const std::vector<Override>& overrides, Value& root, Mistakes& mistakes) {
    for (std::size_t i = 0; i < overrides.size(); ++i) {
        apply_override(overrides[i], static_cast<int>(i) + 1, root, mistakes);
    }
}

}  // namespace twinstorm::scenario
