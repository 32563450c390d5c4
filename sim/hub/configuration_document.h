// Configurations as JSON: what a service sends, what it is shown, and what the journal keeps.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "hub/configuration.h"
#include "hub/outcome.h"
#include "twinstorm/base/error.h"

namespace twinstorm::hub {

// Read-only and unknown members are passed over. Errors: 400004, 400006 for the id, 400010, 400401,
// 400402.
[[nodiscard]] Outcome<Configuration> read_configuration(std::string_view id,
                                                        const boost::json::object& body);

[[nodiscard]] boost::json::object configuration_view(const Configuration& configuration,
                                                     const ConfigurationResults& results);
[[nodiscard]] std::string etag_of(const Configuration& configuration);

// What POST /configurations/testQueries answers: a text for what is wrong, null for what is right.
[[nodiscard]] Outcome<boost::json::object> test_queries(const boost::json::object& body);

[[nodiscard]] boost::json::object journal_record(const Configuration& configuration);
[[nodiscard]] Result<Configuration> read_configuration_record(const boost::json::object& line);

}  // namespace twinstorm::hub
