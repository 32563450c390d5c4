#include "hub/twin_history.h"

#include <algorithm>

#include "hub/limits.h"

namespace twinstorm::hub {

void TwinHistory::keep(const iothub::IdentityName& name, boost::json::object document,
                       TimePoint until) {
    if (order_.size() >= kTwinVersionsMax) {
        drop_oldest();
    }
    Name key{name.device_id, name.module_id};
    versions_[key].push_back({until, std::move(document)});
    order_.emplace_back(until, std::move(key));
}

const boost::json::object* TwinHistory::as_of(const iothub::IdentityName& name,
                                              TimePoint at) const {
    const auto found = versions_.find({name.device_id, name.module_id});
    if (found == versions_.end()) {
        return nullptr;
    }
    const auto version = std::ranges::upper_bound(found->second, at, {}, &Version::until);
    return version == found->second.end() ? nullptr : &version->document;
}

void TwinHistory::forget_before(TimePoint at) {
    while (!order_.empty() && order_.front().first <= at) {
        drop_oldest();
    }
}

void TwinHistory::clear() {
    versions_.clear();
    order_.clear();
}

void TwinHistory::drop_oldest() {
    const auto twin = versions_.find(order_.front().second);
    twin->second.pop_front();
    if (twin->second.empty()) {
        versions_.erase(twin);
    }
    order_.pop_front();
}

}  // namespace twinstorm::hub
