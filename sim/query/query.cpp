#include "twinstorm/query/query.h"

#include <algorithm>
#include <utility>

#include "twinstorm/base/check.h"

namespace twinstorm::query {

Query::Query(Parts parts) : parts_(std::move(parts)) {
    aggregates_ =
        !parts_.group_by.empty() || std::ranges::any_of(parts_.columns, [](const Column& column) {
            return column.function != Column::Function::kNone;
        });
}

ItemType Query::item_type() const {
    if (!selects_all()) {
        return ItemType::kRaw;
    }
    return source() == Source::kJobs ? ItemType::kDeviceJob : ItemType::kTwin;
}

Roots Query::row_roots() const {
    if (selects_all()) {
        return Roots::all();
    }
    Roots roots;
    for (const Column& column : parts_.columns) {
        roots |= column.path.roots();
    }
    for (const Path& path : parts_.group_by) {
        roots |= path.roots();
    }
    return roots;
}

boost::json::object Query::project(const boost::json::object& document) const {
    TWINSTORM_CHECK(!aggregates_);
    if (selects_all()) {
        return document;
    }
    boost::json::object row;
    for (const Column& column : parts_.columns) {
        if (const boost::json::value* value = column.path.find(document)) {
            row.emplace(column.name, *value);
        }
    }
    return row;
}

}  // namespace twinstorm::query
