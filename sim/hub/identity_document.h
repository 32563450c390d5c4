// Identities as JSON: what a service sends, what it is shown, and what the journal keeps.
#pragma once

#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "hub/identity.h"
#include "hub/outcome.h"
#include "twinstorm/base/error.h"

namespace twinstorm::hub {

// What a create or update asks for. An update replaces the whole identity, so that what is left
// out takes its default, and keys left out are made anew.
struct IdentityWrite {
    bool enabled = true;
    bool edge = false;
    std::string status_reason;
    std::string managed_by;
    Credentials credentials;
    std::string device_scope{};
    std::string parent_scope{};
};

// Read-only and unknown members are passed over. Errors: 400004 that names the member; 400028.
[[nodiscard]] Outcome<IdentityWrite> read_identity_write(const boost::json::object& body);

// As GET /devices/{d} and GET /devices/{d}/modules/{m} show it, keys included.
[[nodiscard]] boost::json::object identity_view(const Identity& identity);

[[nodiscard]] boost::json::object journal_record(const IdentityRecord& record);
[[nodiscard]] Result<IdentityRecord> read_journal_record(const boost::json::object& line);

[[nodiscard]] std::string_view name(Authentication type);

}  // namespace twinstorm::hub
