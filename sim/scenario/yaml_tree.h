// A YAML document as a tree of values that know where they stand. yaml-cpp ends here.
//
// Anchors, aliases and tags are refused: a scenario needs none, and without them a document cannot
// grow beyond its text. Lines and columns count from 1, columns in bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace twinstorm::scenario {

inline constexpr std::size_t kScenarioBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kNestingMax = 16;

// Which text a value stands in, and where.
struct Place {
    int text = 0;  // 0: the scenario; n: the n-th override.
    int line = 0;
    int column = 0;
};

struct Value {
    enum class Kind { kNull, kScalar, kList, kMap };
    struct Entry;

    Kind kind = Kind::kNull;
    Place place;
    std::string scalar;
    bool quoted = false;  // A scalar that is text, whatever it looks like.
    bool flow = false;    // Written as `{...}` or `[...]`.
    std::vector<Value> items;
    std::vector<Entry> entries;

    [[nodiscard]] const Value* find(std::string_view key) const;
    [[nodiscard]] Value* find(std::string_view key);
};

struct Value::Entry {
    std::string key;
    Place place;
    Value value;
};

struct YamlFault {
    Place place;
    std::string text;
};

[[nodiscard]] tl::expected<Value, YamlFault> parse_yaml(std::string_view yaml, int text);

// YAML that parses to the same tree.
[[nodiscard]] std::string emit_yaml(const Value& value);

}  // namespace twinstorm::scenario
