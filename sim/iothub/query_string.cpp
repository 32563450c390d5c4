#include "iothub/query_string.h"

#include "iothub/percent_reader.h"

namespace twinstorm::iothub {

std::optional<QueryPair> QueryReader::next() {
    while (!rest_.empty()) {
        const std::string_view pair = rest_.substr(0, rest_.find(separator_));
        rest_.remove_prefix(pair.size() == rest_.size() ? pair.size() : pair.size() + 1);
        if (pair.empty()) {
            continue;
        }
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) {
            return QueryPair{pair, std::nullopt};
        }
        return QueryPair{pair.substr(0, equals), pair.substr(equals + 1)};
    }
    return std::nullopt;
}

std::optional<std::string_view> find_value(std::string_view query, std::string_view key) {
    QueryReader reader(query);
    while (const auto pair = reader.next()) {
        if (decodes_to(pair->key, key)) {
            return pair->value.value_or(std::string_view());
        }
    }
    return std::nullopt;
}

}  // namespace twinstorm::iothub
