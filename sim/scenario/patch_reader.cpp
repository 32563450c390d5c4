#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include "scenario/readers.h"
#include "scenario/value_reader.h"
#include "twinstorm/iothub/twin.h"

namespace twinstorm::scenario {
namespace {

namespace json = boost::json;

constexpr std::size_t kPatchKeysMax = 256;

// One value of the patches, by the keys that lead to it, and what it is in turn.
struct Column {
    std::vector<std::string> path;
    std::vector<json::value> values;
};

json::object patch_with(const std::vector<std::string>& path, const json::value& value) {
    json::value inner = value;
    for (auto key = path.rbegin(); key != path.rend(); ++key) {
        inner = json::object{{*key, std::move(inner)}};
    }
    return std::move(inner.get_object());
}

void put(json::object& patch, const std::vector<std::string>& path, const json::value& value) {
    json::object* into = &patch;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        json::value& next = (*into)[path[i]];
        into = next.is_object() ? &next.get_object() : &next.emplace_object();
    }
    (*into)[path.back()] = value;
}

bool looks_like_a_number(std::string_view text) {
    const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    return !digits.empty() && digits[0] >= '0' && digits[0] <= '9';
}

// The JSON that the scalar stands for; text, unless it is plain and looks like something else.
json::value to_json(const Value& value) {
    const std::string& text = value.scalar;
    if (value.kind == Value::Kind::kNull) {
        return nullptr;
    }
    if (value.quoted) {
        return json::string(text);
    }
    if (text == "true" || text == "false") {
        return text == "true";
    }
    const char* const end = text.data() + text.size();
    if (looks_like_a_number(text)) {
        std::int64_t whole = 0;
        const auto [rest, error] = std::from_chars(text.data(), end, whole);
        if (error == std::errc() && rest == end) {
            return whole;
        }
        double number = 0;
        const auto [number_rest, number_error] = std::from_chars(text.data(), end, number);
        if (number_error == std::errc() && number_rest == end) {
            return number;
        }
    }
    return json::string(text);
}

// The micro agent's keys are flat: a collector's name, an underscore, the setting.
bool names_a_setting(std::string_view key) {
    const std::size_t underscore = key.find('_');
    return underscore != std::string_view::npos && underscore > 0 && underscore + 1 < key.size();
}

void say_not_plain(const Value& value, Mistakes& mistakes) {
    mistakes.add(value.place, fmt::format("{} in a patch; expected a plain value, or a list of "
                                          "plain values that take turns",
                                          describe(value)));
}

class PatchReader {
public:
    explicit PatchReader(Mistakes& mistakes) : mistakes_(mistakes) {}

    std::vector<json::object> read(const Value& value) {
        if (value.kind != Value::Kind::kMap || value.entries.empty() ||
            value.entries.size() > kPatchKeysMax) {
            mistakes_.add(value.place,
                          fmt::format("{} where a patch belongs; expected a map of 1 to {} keys "
                                      "such as `{{Process_MessageFrequency: High}}`",
                                      value.entries.empty() ? describe(value) : "a larger map",
                                      kPatchKeysMax));
            return {};
        }
        read_map(value, {});
        return combine(value.place);
    }

private:
    void read_map(const Value& map, const std::vector<std::string>& path) {
        for (const Value::Entry& entry : map.entries) {
            if (map.find(entry.key) != &entry.value) {
                mistakes_.add(entry.place, fmt::format("key `{}` is written twice; expected it "
                                                       "once",
                                                       entry.key));
                continue;
            }
            std::vector<std::string> inner = path;
            inner.push_back(entry.key);
            const bool nested =
                entry.value.kind == Value::Kind::kMap && !entry.value.entries.empty();
            if (nested) {
                read_map(entry.value, inner);
            } else {
                read_column(entry.value, std::move(inner));
            }
        }
    }

    void read_column(const Value& value, std::vector<std::string> path) {
        Column column{std::move(path), {}};
        if (value.kind == Value::Kind::kList) {
            if (value.items.empty()) {
                mistakes_.add(value.place, "an empty list; expected at least one value");
            }
            for (const Value& item : value.items) {
                add_value(item, column);
            }
        } else {
            add_value(value, column);
        }
        if (!column.values.empty()) {
            columns_.push_back(std::move(column));
        }
    }

    void add_value(const Value& value, Column& column) {
        if (value.kind == Value::Kind::kMap || value.kind == Value::Kind::kList) {
            say_not_plain(value, mistakes_);
            return;
        }
        json::value converted = to_json(value);
        const Result<void> checked = iothub::check_patch(patch_with(column.path, converted), false);
        if (!checked) {
            mistakes_.add(value.place, checked.error().message());
            return;
        }
        column.values.push_back(std::move(converted));
    }

    std::vector<json::object> combine(const Place& place) {
        std::size_t count = 1;
        for (const Column& column : columns_) {
            count = std::lcm(count, column.values.size());
            if (count > kPatchesMax) {
                mistakes_.add(place, fmt::format("lists whose lengths make more than {} different "
                                                 "patches; expected fewer",
                                                 kPatchesMax));
                return {};
            }
        }
        std::vector<json::object> patches(columns_.empty() ? 0 : count);
        for (std::size_t n = 0; n < patches.size(); ++n) {
            for (const Column& column : columns_) {
                put(patches[n], column.path, column.values[n % column.values.size()]);
            }
        }
        return patches;
    }

    Mistakes& mistakes_;
    std::vector<Column> columns_;
};

}  // namespace

void check_micro_patch(const Value& patch, Mistakes& mistakes) {
    for (const Value::Entry& entry : patch.entries) {
        if (!names_a_setting(entry.key)) {
            mistakes.add(entry.place,
                         fmt::format("`{}` is no setting of the micro agent; expected a form such "
                                     "as `Process_MessageFrequency`",
                                     entry.key));
        } else if (entry.value.kind == Value::Kind::kMap && !entry.value.entries.empty()) {
            say_not_plain(entry.value, mistakes);
        }
    }
}

std::vector<json::object> read_patches(const Value& value, Mistakes& mistakes) {
    return PatchReader(mistakes).read(value);
}

}  // namespace twinstorm::scenario
