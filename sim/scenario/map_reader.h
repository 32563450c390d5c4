// One map of a scenario against its table of keys.
//
// Use:    constructing it reports a value that is no map, keys that are unknown, written twice or
//         missing; then find() gives what is there. Owner: the reader of that map, on its stack.
#pragma once

#include <string_view>

#include "scenario/keys.h"
#include "scenario/mistakes.h"
#include "scenario/yaml_tree.h"

namespace twinstorm::scenario {

class MapReader {
public:
    // `value` must outlive it. A value left out is an empty map.
    MapReader(const Value& value, const KeyTable& table, Mistakes& mistakes);

    [[nodiscard]] const Value* find(std::string_view key) const;
    [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
    [[nodiscard]] const Place& place() const { return value_.place; }
    // False when the value is no map at all: asking for more would only repeat that.
    [[nodiscard]] bool is_map() const { return value_.kind == Value::Kind::kMap; }

private:
    const Value& value_;
    const KeyTable& table_;
};

}  // namespace twinstorm::scenario
