// Requests to the admin API of a mock hub.
#pragma once

#include <string>
#include <string_view>

#include "twinstorm/base/error.h"
#include "twinstorm/net/http.h"
#include "twinstorm/run/target.h"

namespace twinstorm::run {

// `page`: `/admin/ledger`. The target must have an admin API.
[[nodiscard]] net::HttpRequest admin_request(const Target& target, std::string method,
                                             std::string page);
// Errors: kNotFound for a page that this hub does not have, kRefused for any other status, with
// what the hub said.
[[nodiscard]] Result<void> check_admin_answer(const Result<net::HttpResponse>& answer);

}  // namespace twinstorm::run
