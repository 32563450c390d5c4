// JSON as a person can read and a diff can show: a line for each member and for what it holds.
//
// Use:    json_text(object) lays out two levels; what lies deeper stays on its line.
// Rule:   equal input gives equal bytes. Floats are the shortest that read back to the same value;
//         JSON has no NaN and no infinity, so null stands for them.
#pragma once

#include <string>

#include <boost/json/object.hpp>

namespace twinstorm::stats {

[[nodiscard]] std::string json_text(const boost::json::object& object);

}  // namespace twinstorm::stats
