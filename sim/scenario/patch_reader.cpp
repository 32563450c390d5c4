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

// One key of the patches, and the values that it takes in turn.
struct Column {
    std::string key;
    std::vector<json::value> values;
};

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
        for (const Value::Entry& entry : value.entries) {
            read_column(value, entry);
        }
        return combine(value.place);
    }

private:
    void read_column(const Value& patch, const Value::Entry& entry) {
        if (patch.find(entry.key) != &entry.value) {
            mistakes_.add(entry.place,
                          fmt::format("key `{}` is written twice; expected it once", entry.key));
            return;
        }
        if (!names_a_setting(entry.key)) {
            mistakes_.add(entry.place,
                          fmt::format("`{}` is no setting of the micro agent; expected a form such "
                                      "as `Process_MessageFrequency`",
                                      entry.key));
            return;
        }
        Column column{entry.key, {}};
        if (entry.value.kind == Value::Kind::kList) {
            if (entry.value.items.empty()) {
                mistakes_.add(entry.value.place, "an empty list; expected at least one value");
            }
            for (const Value& item : entry.value.items) {
                add_value(item, column);
            }
        } else {
            add_value(entry.value, column);
        }
        if (!column.values.empty()) {
            columns_.push_back(std::move(column));
        }
    }

    void add_value(const Value& value, Column& column) {
        if (value.kind == Value::Kind::kMap || value.kind == Value::Kind::kList) {
            mistakes_.add(value.place, fmt::format("{} in a patch; expected a plain value, or a "
                                                   "list of plain values that take turns",
                                                   describe(value)));
            return;
        }
        json::value converted = to_json(value);
        const Result<void> checked =
            iothub::check_patch(json::object{{column.key, converted}}, false);
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
                patches[n].emplace(column.key, column.values[n % column.values.size()]);
            }
        }
        return patches;
    }

    Mistakes& mistakes_;
    std::vector<Column> columns_;
};

}  // namespace

std::vector<json::object> read_patches(const Value& value, Mistakes& mistakes) {
    return PatchReader(mistakes).read(value);
}

}  // namespace twinstorm::scenario
