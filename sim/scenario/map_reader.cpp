#include "scenario/map_reader.h"

#include <fmt/format.h>

#include "scenario/value_reader.h"
#include "twinstorm/base/check.h"
#include "twinstorm/plan/nearest_name.h"

namespace twinstorm::scenario {
namespace {

void check_keys(const Value& map, const KeyTable& table, Mistakes& mistakes) {
    for (const Value::Entry& entry : map.entries) {
        if (!table.contains(entry.key)) {
            mistakes.add(entry.place, fmt::format("unknown key `{}`; {}", entry.key,
                                                  plan::suggest(entry.key, table.names())));
        } else if (map.find(entry.key) != &entry.value) {
            mistakes.add(entry.place,
                         fmt::format("key `{}` is written twice; expected it once", entry.key));
        }
    }
}

std::string with_keys(const KeyTable& table) {
    return fmt::format(", with the keys `{}`", fmt::join(table.names(), "`, `"));
}

}  // namespace

MapReader::MapReader(const Value& value, const KeyTable& table, Mistakes& mistakes)
    : value_(value), table_(table) {
    if (value.kind != Value::Kind::kMap && value.kind != Value::Kind::kNull) {
        mistakes.add(value.place, describe(value) + " where a map belongs" +
                                      (table.keys.empty() ? std::string() : with_keys(table)));
        return;
    }
    check_keys(value, table, mistakes);
    for (const Key& key : table.keys) {
        if (key.required && value.find(key.name) == nullptr) {
            mistakes.add(value.place, fmt::format("key `{}` is missing", key.name));
        }
    }
}

const Value* MapReader::find(std::string_view key) const {
    TWINSTORM_CHECK(table_.contains(key));
    return value_.find(key);
}

}  // namespace twinstorm::scenario
