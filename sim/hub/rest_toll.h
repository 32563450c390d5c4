// What a REST request counts as: the class of operation that the tier throttles, and what it bills.
#pragma once

#include <optional>

#include "hub/passage.h"
#include "hub/rest_message.h"

namespace twinstorm::hub {

// None: such requests are not limited, or their route counts them itself (bulk: by its items).
[[nodiscard]] std::optional<Toll> toll_of(const RestRequest& request);

}  // namespace twinstorm::hub
