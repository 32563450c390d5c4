// Every key and every fixed word of a scenario, in tables: what the readers accept, what overrides
// may name, and what the tests hold the JSON Schema and the format reference against.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace twinstorm::scenario {

struct Key {
    std::string_view name;
    bool required = false;
};

struct KeyTable {
    std::string_view path;  // `hub.real.budget`; a list's items as `fleet[]`; the top is empty.
    std::span<const Key> keys;

    [[nodiscard]] bool contains(std::string_view key) const;
    [[nodiscard]] std::vector<std::string_view> names() const;
};

// The key of a map whose own keys are free: a patch.
inline constexpr std::string_view kPatchPath = "phases[].twin_updates.patch";

[[nodiscard]] std::span<const KeyTable> key_tables();
[[nodiscard]] const KeyTable* find_table(std::string_view path);
[[nodiscard]] const KeyTable& table(std::string_view path);  // It must exist.

// A value that is one of a few words.
struct Choices {
    std::string_view path;  // `fleet[].transport`
    std::string_view what;  // `transport`
    std::span<const std::string_view> served;
    std::span<const std::string_view> planned;  // In the contract, not served yet.
};

[[nodiscard]] std::span<const Choices> choice_tables();
[[nodiscard]] const Choices& choices(std::string_view path);  // It must exist.

}  // namespace twinstorm::scenario
