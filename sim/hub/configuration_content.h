// What a configuration puts into twins: paths of desired properties with their values.
//
// Rules:  a configuration has content of one kind; at a twin it owns its paths, and what another
//         puts below or above one of them overlaps with it.
// Errors of reading: 400402.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "hub/outcome.h"

namespace twinstorm::hub {

struct ConfigurationContent {
    enum class Kind : std::uint8_t { kDevice, kModule, kEdgeModules };

    Kind kind = Kind::kDevice;
    boost::json::object document;    // As it was sent.
    std::string digest;              // Of the document.
    std::vector<std::string> paths;  // As they stand in it: `properties.desired.x`.
    boost::json::object patch;       // The same as one patch of a desired section.
    // Of kEdgeModules: the desired section of each module, whole.
    std::map<std::string, boost::json::object> modules;
};

[[nodiscard]] Outcome<ConfigurationContent> read_content(const boost::json::object& document);

[[nodiscard]] bool overlap(std::string_view path, std::string_view other);
[[nodiscard]] bool overlap(const std::vector<std::string>& paths,
                           const std::vector<std::string>& others);

// Of a desired section.
void erase_path(boost::json::object& values, std::string_view path);
// The merge patch that makes `to` of `from`; empty when they are equal.
[[nodiscard]] boost::json::object difference(const boost::json::object& from,
                                             const boost::json::object& to);
// True when the patch would change nothing.
[[nodiscard]] bool is_in_force(const boost::json::object& patch, const boost::json::object& values);

}  // namespace twinstorm::hub
