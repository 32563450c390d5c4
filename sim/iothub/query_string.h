// Pairs such as `a=1&b=2`, as they stand in topics, user names, tokens and connection strings.
//
// Views: keys and values point into the text given and are still encoded. Empty pairs are skipped.
#pragma once

#include <optional>
#include <string_view>

namespace twinstorm::iothub {

struct QueryPair {
    std::string_view key;
    std::optional<std::string_view> value;  // None for a key without `=`.
};

class QueryReader {
public:
    explicit QueryReader(std::string_view text, char separator = '&')
        : rest_(text), separator_(separator) {}

    [[nodiscard]] std::optional<QueryPair> next();

private:
    std::string_view rest_;
    char separator_;
};

// The value of the first pair with this key (given decoded), still encoded.
[[nodiscard]] std::optional<std::string_view> find_value(std::string_view query,
                                                         std::string_view key);

}  // namespace twinstorm::iothub
