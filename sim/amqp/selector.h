// Where a reader wants to begin: the filter of its source, `amqp.annotation.x-opt-offset > '-1'`.
#pragma once

#include <string_view>

#include "amqp/value.h"
#include "twinstorm/base/error.h"
#include "twinstorm/events/partition.h"

namespace twinstorm::amqp {

// Errors: kInvalidArgument.
[[nodiscard]] Result<events::Position> parse_selector(std::string_view text);

// From a source's filter map; the earliest event when no selector is given.
[[nodiscard]] Result<events::Position> starting_position(const Value& filters);

}  // namespace twinstorm::amqp
