// Lines for the operator: at most kLogLinesPerSecond, the others counted and told with the next.
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "dps/limits.h"
#include "dps/rate_window.h"
#include "twinstorm/base/time.h"

namespace twinstorm::dps {

class Log {
public:
    using Sink = std::function<void(std::string_view line)>;

    explicit Log(Sink sink) : sink_(std::move(sink)) {}

    template <class... Args>
    void line(TimePoint now, fmt::format_string<Args...> format, Args&&... args) {
        if (!sink_) {
            return;
        }
        if (!window_.admit(now, kLogLinesPerSecond, std::chrono::seconds(1))) {
            ++left_out_;
            return;
        }
        if (left_out_ > 0) {
            sink_(fmt::format("dps: {} lines left out", std::exchange(left_out_, 0)));
        }
        sink_(fmt::format(format, std::forward<Args>(args)...));
    }

private:
    Sink sink_;
    RateWindow window_;
    std::uint64_t left_out_ = 0;
};

}  // namespace twinstorm::dps
