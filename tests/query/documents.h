// Twins and a job's document as the service shows them, for tests of queries; and what is left of
// one when a hub renders no more than some roots.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "twinstorm/query/roots.h"

namespace twinstorm::query {

[[nodiscard]] boost::json::object document(std::string_view json);

// Holds every member that the fact sheet lists; site `a`, deviceId `dev-0001`.
[[nodiscard]] boost::json::object device_twin();
[[nodiscard]] boost::json::object module_twin();  // Of DefenderIotMicroAgent, site `a`.
[[nodiscard]] boost::json::object job_document();

[[nodiscard]] boost::json::object cut(const boost::json::object& document, Roots roots);

}  // namespace twinstorm::query
