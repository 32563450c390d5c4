// A condition on a document: what stands after WHERE, in a job's queryCondition, and in the
// targetCondition of a configuration.
//
// Truth:  a comparison, IN, NIN or string function on a missing property is unknown, and so is NOT
//         of it; only what is true matches. So `NOT tags.site = 'a'` and `tags.site != 'a'` both
//         pass over twins without the tag; `NOT is_defined(tags.site)` finds them. Values of
//         different types are unequal, and have no order (unknown). Null is a value, not missing.
// Owner:  a value; many threads may evaluate one. Cost: no heap, about 20 ns a term.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "twinstorm/base/error.h"
#include "twinstorm/query/expression.h"
#include "twinstorm/query/roots.h"
#include "twinstorm/query/source.h"

namespace twinstorm::query {

class Condition {
public:
    Condition() = default;  // Matches every device.
    Condition(Source source, Node expression);

    [[nodiscard]] bool matches(const boost::json::object& document) const;

    // kDevices unless the text says `FROM devices.modules`.
    [[nodiscard]] Source source() const { return source_; }
    // Holds for every document: `*`, or no WHERE. Not allowed for configurations of modules.
    [[nodiscard]] bool matches_all() const;
    [[nodiscard]] Roots roots() const { return roots_; }

    // The only devices it can hold for, when the text names them (`deviceId = 'a' AND ...`,
    // `deviceId IN ['a','b']`); none: look at all. May name devices that do not exist, or one
    // twice. The views live as long as the condition.
    [[nodiscard]] std::optional<std::vector<std::string_view>> device_ids() const;

private:
    Source source_ = Source::kDevices;
    Node expression_;
    Roots roots_;
};

// `*`, a bare condition, or `FROM devices|devices.modules [alias] [WHERE condition]`. Errors as of
// parse() in query.h.
[[nodiscard]] Result<Condition> parse_condition(std::string_view text);

}  // namespace twinstorm::query
