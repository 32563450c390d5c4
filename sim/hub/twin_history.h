// Twins as they were, for an index that lags behind: a fault on demand.
//
// Use:    keep() a twin's document before it changes; as_of() finds the one of an instant.
// Owner:  a shard, for its devices; empty while no fault asks for it. Units: run time.
// Limits: kTwinVersionsMax; the oldest goes first, as if the index had come so far.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include <boost/json/object.hpp>

#include "twinstorm/base/time.h"
#include "twinstorm/iothub/identity.h"

namespace twinstorm::hub {

class TwinHistory {
public:
    // `until`: when it stopped to be so; never earlier than the last one.
    void keep(const iothub::IdentityName& name, boost::json::object document, TimePoint until);
    // None: it has not changed since.
    [[nodiscard]] const boost::json::object* as_of(const iothub::IdentityName& name,
                                                   TimePoint at) const;
    void forget_before(TimePoint at);
    void clear();

    [[nodiscard]] std::size_t size() const { return order_.size(); }

private:
    using Name = std::pair<std::string, std::string>;  // Device, module.
    struct Version {
        TimePoint until;
        boost::json::object document;
    };

    void drop_oldest();

    std::map<Name, std::deque<Version>> versions_;  // Oldest first; never an empty list.
    std::deque<std::pair<TimePoint, Name>> order_;  // Of all versions, oldest first.
};

}  // namespace twinstorm::hub
