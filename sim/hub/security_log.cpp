#include "hub/security_log.h"

#include <algorithm>

#include "hub/limits.h"
#include "twinstorm/iothub/property_bag.h"

namespace twinstorm::hub {
namespace {

// Parsed only when it may be there: most agents send JSON, which needs no such property.
std::string message_type_of(std::string_view bag) {
    if (bag.find(defender::kMessageTypeProperty) == std::string_view::npos) {
        return {};
    }
    const auto parsed = iothub::PropertyBag::parse(bag);
    return parsed ? std::string(parsed->find(defender::kMessageTypeProperty).value_or("")) : "";
}

}  // namespace

std::uint64_t SecurityCounts::ignored() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 1; i < by_reason.size(); ++i) {
        sum += by_reason[i];
    }
    return sum;
}

SecurityCounts& SecurityCounts::operator+=(const SecurityCounts& other) {
    for (std::size_t i = 0; i < by_reason.size(); ++i) {
        by_reason[i] += other.by_reason[i];
    }
    return *this;
}

const defender::Verdict& SecurityLog::record(const iothub::IdentityName& sender,
                                             std::string_view bag, std::string_view body,
                                             WallTime now) {
    newest_verdict_ = defender::judge(body, message_type_of(bag), mode_);
    ++counts_.by_reason[static_cast<std::size_t>(newest_verdict_.reason)];
    if (kept_max_ > 0) {
        keep(sender, bag, body, now);
    }
    return newest_verdict_;
}

void SecurityLog::keep(const iothub::IdentityName& sender, std::string_view bag,
                       std::string_view body, WallTime now) {
    const std::size_t place = recorded_ % kept_max_;
    if (place == kept_.size()) {
        kept_.emplace_back();
    }
    SecurityMessage& slot = kept_[place];
    slot.number = ++recorded_;
    slot.at = now;
    slot.sender.device_id.assign(sender.device_id);
    slot.sender.module_id.assign(sender.module_id);
    slot.bag.assign(bag);
    slot.body.assign(body.substr(0, kSecurityBodyBytesKept));
    slot.verdict = newest_verdict_;
}

void SecurityLog::reset() {
    counts_ = {};
    kept_.clear();
    recorded_ = 0;
}

std::vector<const SecurityMessage*> SecurityLog::newest() const {
    std::vector<const SecurityMessage*> result;
    result.reserve(kept_.size());
    for (const SecurityMessage& message : kept_) {
        result.push_back(&message);
    }
    std::ranges::sort(result, std::greater{}, &SecurityMessage::number);
    return result;
}

}  // namespace twinstorm::hub
