// Reads a property's path, and says what it means in a query: `c.tags.x` of `FROM devices c`,
// `devices.modules.moduleId` and `DeviceId` are tags.x, moduleId and deviceId of the document.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "query/cursor.h"
#include "twinstorm/query/path.h"
#include "twinstorm/query/source.h"

namespace twinstorm::query {

// As it stands in the text: columns come before FROM, which gives them their meaning.
struct WrittenPath {
    std::vector<std::string> segments;
    std::size_t position = 0;
};

[[nodiscard]] WrittenPath parse_path(Cursor& cursor);

struct Scope {
    Source source = Source::kDevices;
    std::string alias{};  // Of `FROM devices c`; may be empty.
};

// A word of the language; a property so named needs brackets where a path begins.
[[nodiscard]] bool is_reserved(std::string_view word);

// Empty after a mistake, which the cursor keeps.
[[nodiscard]] Path resolve(Cursor& cursor, const WrittenPath& written, const Scope& scope);

}  // namespace twinstorm::query
