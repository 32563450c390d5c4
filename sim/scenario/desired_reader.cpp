#include "scenario/desired_reader.h"

#include <algorithm>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "scenario/list_reader.h"
#include "scenario/map_reader.h"
#include "scenario/number_reader.h"
#include "scenario/persona_keys.h"
#include "scenario/value_reader.h"
#include "twinstorm/plan/nearest_name.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;
using agent::DesiredForm;
using agent::DesiredKey;
using agent::DesiredType;
using agent::DesiredValue;

constexpr DurationRange kDurations{0s, 3660 * 24h, "0s to 3660d"};
constexpr std::int64_t kStringBytes = 256;  // Unless the file says otherwise.
constexpr std::int64_t kListItems = 16;

std::vector<std::string> read_words(const Value& value, const ListForm& form, Mistakes& mistakes) {
    std::vector<std::string> words;
    for (const Value& item : read_list(value, form, mistakes)) {
        if (auto word = read_text(item, mistakes)) {
            words.push_back(std::move(*word));
        }
    }
    return words;
}

bool is_for_durations(DesiredForm form) {
    return form != DesiredForm::kArray && form != DesiredForm::kText;
}

class KeyReader {
public:
    explicit KeyReader(Mistakes& mistakes) : mistakes_(mistakes) {}

    // After a mistake it is still a key of that name, so that whoever names it makes none.
    DesiredKey read(const Value::Entry& entry) {
        const MapReader map(entry.value, persona_table("desired{}"), mistakes_);
        split_name(entry);
        const Value* const type = map.find("type");
        const auto choice = type == nullptr
                                ? std::nullopt
                                : read_choice(*type, persona_choices("desired{}.type"), mistakes_);
        if (!choice) {
            key_.type = DesiredType::kDuration;
            key_.min = key_.max = kDurations.max.count();
            return std::move(key_);
        }
        key_.type = static_cast<DesiredType>(*choice);
        read_form(map);
        read_values(map);
        read_bounds(map);
        read_default(map);
        return std::move(key_);
    }

private:
    void split_name(const Value::Entry& entry) {
        key_.name = entry.key;
        std::string_view rest = entry.key;
        for (bool more = true; more;) {
            const std::size_t dot = rest.find('.');
            key_.path.emplace_back(rest.substr(0, dot));
            more = dot != std::string_view::npos;
            rest.remove_prefix(more ? dot + 1 : rest.size());
        }
        const auto bad = [](const std::string& step) {
            return step.empty() || std::any_of(step.begin(), step.end(), [](char c) {
                       return static_cast<unsigned char>(c) <= 0x20 || c == '$' || c == 0x7f;
                   });
        };
        if (key_.path.size() > kDesiredDepthMax || key_.name.size() > kDesiredNameBytesMax ||
            std::any_of(key_.path.begin(), key_.path.end(), bad)) {
            mistakes_.add(entry.place,
                          fmt::format("`{}` is no key of a twin; expected up to {} names with dots "
                                      "between them, without blanks and `$`, in at most {} bytes",
                                      entry.key, kDesiredDepthMax, kDesiredNameBytesMax));
        }
    }

    void read_form(const MapReader& map) {
        const bool duration = key_.type == DesiredType::kDuration;
        const bool list = key_.type == DesiredType::kList;
        key_.form = list ? DesiredForm::kArray : DesiredForm::kSeconds;
        const Value* const form = map.find("form");
        if (form == nullptr) {
            return;
        }
        const auto choice = read_choice(*form, persona_choices("desired{}.form"), mistakes_);
        if (!choice) {
            return;
        }
        key_.form = static_cast<DesiredForm>(*choice);
        if (!(is_for_durations(key_.form) ? duration : list)) {
            mistakes_.add(form->place,
                          fmt::format("form `{}` does not fit this type; expected {}", form->scalar,
                                      duration ? "one for durations, such as `seconds`"
                                      : list   ? "`array` or `text`"
                                               : "none"));
        }
    }

    void read_values(const MapReader& map) {
        const Value* const values = map.find("values");
        const bool takes = key_.type == DesiredType::kEnum || key_.type == DesiredType::kList;
        if (values != nullptr && takes) {
            key_.values = read_words(*values, {"values", kDesiredValuesMax}, mistakes_);
        } else if (values != nullptr) {
            mistakes_.add(values->place,
                          "`values` does not fit this type; expected it for `enum` "
                          "and `list` only");
        } else if (key_.type == DesiredType::kEnum) {
            mistakes_.add(map.place(), "key `values` is missing: an `enum` needs them");
        }
    }

    void read_bounds(const MapReader& map) {
        const Value* const min = map.find("min");
        const Value* const max = map.find("max");
        set_usual_bounds();
        if (key_.type == DesiredType::kBoolean || key_.type == DesiredType::kEnum) {
            for (const Value* const bound : {min, max}) {
                if (bound != nullptr) {
                    mistakes_.add(bound->place,
                                  "`min` and `max` do not fit this type; expected none");
                }
            }
            return;
        }
        read_bound(min, key_.min, key_.number_min);
        read_bound(max, key_.max, key_.number_max);
        if (key_.min > key_.max || key_.number_min > key_.number_max) {
            mistakes_.add(max != nullptr ? max->place : min->place,
                          "`max` is smaller than `min`; expected it to be at least as large");
        }
    }

    void set_usual_bounds() {
        key_.number_min = std::numeric_limits<double>::lowest();
        key_.number_max = std::numeric_limits<double>::max();
        switch (key_.type) {
            case DesiredType::kInteger:
                key_.min = std::numeric_limits<std::int64_t>::min();
                key_.max = std::numeric_limits<std::int64_t>::max();
                return;
            case DesiredType::kDuration:
                key_.max = kDurations.max.count();
                return;
            case DesiredType::kString:
                key_.max = kStringBytes;
                return;
            case DesiredType::kList:
                key_.max = kListItems;
                return;
            default:
                return;
        }
    }

    void read_bound(const Value* bound, std::int64_t& whole, double& number) {
        if (bound == nullptr) {
            return;
        }
        switch (key_.type) {
            case DesiredType::kInteger:
                assign(whole, read_integer(*bound, mistakes_));
                return;
            case DesiredType::kNumber:
                assign(number, read_number(*bound, mistakes_));
                return;
            case DesiredType::kDuration:
                if (const auto duration = read_duration(*bound, kDurations, mistakes_)) {
                    whole = duration->count();
                }
                return;
            case DesiredType::kString:
                assign(whole, read_count(*bound, {0, agent::kDesiredTextBytesMax}, mistakes_));
                return;
            default:
                assign(whole, read_count(*bound, {0, agent::kDesiredItemsMax}, mistakes_));
                return;
        }
    }

    void read_default(const MapReader& map) {
        const Value* const value = map.find("default");
        const auto standard = value == nullptr ? std::nullopt : read_value(*value);
        if (!standard) {
            return;
        }
        key_.standard = *standard;
        const bool unlisted = key_.type == DesiredType::kEnum && key_.values.empty();
        if (!unlisted && !permits(key_, key_.standard)) {
            mistakes_.add(
                value->place,
                fmt::format(
                    "the default {} is no value of its key; expected one {}", describe(*value),
                    key_.values.empty() ? "from `min` to `max`"
                                        : fmt::format("of `{}`", fmt::join(key_.values, "`, `"))));
        }
    }

    std::optional<DesiredValue> read_value(const Value& value) {
        switch (key_.type) {
            case DesiredType::kBoolean:
                return read_flag(value, mistakes_);
            case DesiredType::kInteger:
                return read_integer(value, mistakes_);
            case DesiredType::kNumber:
                return read_number(value, mistakes_);
            case DesiredType::kString:
            case DesiredType::kEnum:
                return read_text(value, mistakes_);
            case DesiredType::kDuration:
                return read_duration(value, kDurations, mistakes_);
            case DesiredType::kList:
                return read_words(value, {"items", agent::kDesiredItemsMax, 0}, mistakes_);
        }
        return std::nullopt;
    }

    Mistakes& mistakes_;
    DesiredKey key_;
};

// A key that is a value cannot also hold others.
void check_nesting(const DesiredKey& key, const DesiredKey& other, const Place& place,
                   Mistakes& mistakes) {
    if (key.name.starts_with(other.name + ".") || other.name.starts_with(key.name + ".")) {
        mistakes.add(place, fmt::format("`{}` and `{}` cannot both be keys; expected neither to be "
                                        "a part of the other",
                                        other.name, key.name));
    }
}

}  // namespace

std::vector<DesiredKey> read_desired(const Value& value, Mistakes& mistakes) {
    std::vector<DesiredKey> keys;
    if (value.kind == Value::Kind::kNull) {
        return keys;
    }
    if (value.kind != Value::Kind::kMap || value.entries.size() > agent::kDesiredKeysMax) {
        mistakes.add(value.place,
                     fmt::format("{} where desired keys belong; expected a map of up to {} keys",
                                 value.kind == Value::Kind::kMap ? "a larger map" : describe(value),
                                 agent::kDesiredKeysMax));
        return keys;
    }
    for (const Value::Entry& entry : value.entries) {
        if (value.find(entry.key) != &entry.value) {
            mistakes.add(entry.place,
                         fmt::format("key `{}` is written twice; expected it once", entry.key));
            continue;
        }
        const DesiredKey& key = keys.emplace_back(KeyReader(mistakes).read(entry));
        for (std::size_t i = 0; i + 1 < keys.size(); ++i) {
            check_nesting(key, keys[i], entry.place, mistakes);
        }
    }
    return keys;
}

std::optional<std::uint16_t> find_desired(const std::vector<DesiredKey>& keys,
                                          std::string_view name) {
    const auto found = std::find_if(keys.begin(), keys.end(),
                                    [&](const DesiredKey& key) { return key.name == name; });
    return found == keys.end() ? std::nullopt
                               : std::optional(static_cast<std::uint16_t>(found - keys.begin()));
}

std::string suggest_desired(const std::vector<DesiredKey>& keys, std::string_view wrong) {
    std::vector<std::string_view> names;
    for (const DesiredKey& key : keys) {
        names.emplace_back(key.name);
    }
    return plan::suggest(wrong, names);
}

}  // namespace twinstorm::scenario
