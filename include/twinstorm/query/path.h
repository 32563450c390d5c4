// A property's place in a document: `tags.site`, `properties.reported.$metadata.x.$lastUpdated`.
//
// Rules:  no array elements. Names are case-sensitive, but for those of the hub itself (deviceId,
//         properties.desired, ...), which the parser brings to their usual spelling.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "twinstorm/query/roots.h"

namespace twinstorm::query {

class Path {
public:
    Path() = default;  // Leads nowhere: finds nothing.
    explicit Path(std::vector<std::string> segments) : segments_(std::move(segments)) {}

    // None when a member on the way is missing, or no object. Takes nothing from the heap.
    [[nodiscard]] const boost::json::value* find(const boost::json::object& document) const;
    [[nodiscard]] Roots roots() const;

    [[nodiscard]] const std::vector<std::string>& segments() const { return segments_; }
    [[nodiscard]] bool empty() const { return segments_.empty(); }
    friend bool operator==(const Path&, const Path&) = default;

private:
    std::vector<std::string> segments_;
};

}  // namespace twinstorm::query
