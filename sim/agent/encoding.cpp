#include "twinstorm/agent/encoding.h"

#include <algorithm>
#include <array>

namespace twinstorm::agent {
namespace {

constexpr std::array<std::string_view, kEncodingCount> kNames{
    "json-1.0", "json-1.0-as-shipped", "json-1.0-ext", "flatbuffers-2.3", "template"};

}  // namespace

std::string_view name(Encoding encoding) {
    return kNames[static_cast<std::size_t>(encoding)];
}

std::optional<Encoding> find_encoding(std::string_view name) {
    const auto* const found = std::ranges::find(kNames, name);
    if (found == kNames.end()) {
        return std::nullopt;
    }
    return static_cast<Encoding>(found - kNames.begin());
}

}  // namespace twinstorm::agent
