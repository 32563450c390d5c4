#include "amqp/grants.h"

#include <algorithm>

#include "amqp/address.h"
#include "amqp/limits.h"

namespace twinstorm::amqp {

bool Grants::add(std::string_view audience, WallTime expiry, WallTime now) {
    const std::string path = audience_path(audience);
    if (!expiry_of_.contains(path) && expiry_of_.size() >= kTokensMax) {
        std::erase_if(expiry_of_, [now](const auto& each) { return each.second <= now; });
    }
    if (!expiry_of_.contains(path) && expiry_of_.size() >= kTokensMax) {
        return false;
    }
    expiry_of_[path] = expiry;
    return true;
}

bool Grants::allows(std::string_view path, WallTime now) const {
    if (everything_ && *everything_ > now) {
        return true;
    }
    return std::ranges::any_of(expiry_of_, [path, now](const auto& each) {
        return each.second > now && covers(each.first, path);
    });
}

bool Grants::any(WallTime now) const {
    return next_expiry(now).has_value();
}

std::optional<WallTime> Grants::next_expiry(WallTime now) const {
    std::optional<WallTime> next;
    const auto consider = [&next, now](WallTime expiry) {
        if (expiry > now && (!next || expiry < *next)) {
            next = expiry;
        }
    };
    for (const auto& [path, expiry] : expiry_of_) {
        consider(expiry);
    }
    if (everything_) {
        consider(*everything_);
    }
    return next;
}

}  // namespace twinstorm::amqp
