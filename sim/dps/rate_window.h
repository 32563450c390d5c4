// Counts requests in windows of fixed length: so many are let through in each.
#pragma once

#include <chrono>
#include <cstdint>

#include "twinstorm/base/time.h"

namespace twinstorm::dps {

class RateWindow {
public:
    [[nodiscard]] bool admit(TimePoint now, std::uint32_t requests_max, Duration length) {
        if (requests_ == 0 || now >= began_ + length) {
            began_ = now;
            requests_ = 0;
        }
        if (requests_ >= requests_max) {
            return false;
        }
        ++requests_;
        return true;
    }

    // Whole seconds until the next window, at least one.
    [[nodiscard]] std::chrono::seconds wait(TimePoint now, Duration length) const {
        const auto left = std::chrono::ceil<std::chrono::seconds>(began_ + length - now);
        return left < std::chrono::seconds(1) ? std::chrono::seconds(1) : left;
    }

private:
    TimePoint began_{};
    std::uint32_t requests_ = 0;
};

}  // namespace twinstorm::dps
