// How an agent writes its messages; independent of the persona.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace twinstorm::agent {

enum class Encoding : std::uint8_t {
    kJson,           // `json-1.0`: schema 1.0, strictly.
    kJsonAsShipped,  // `json-1.0-as-shipped`: with the deviations of Microsoft's own agents.
    kJsonExtended,   // `json-1.0-ext`: and names for events that schema 1.0 has no place for; the
                     // service would ignore those, so they travel in messages of their own.
    kFlatBuffers,    // `flatbuffers-2.3`
    kTemplate,       // What a persona file says.
};
inline constexpr std::size_t kEncodingCount = 5;

[[nodiscard]] std::string_view name(Encoding encoding);
[[nodiscard]] std::optional<Encoding> find_encoding(std::string_view name);

}  // namespace twinstorm::agent
