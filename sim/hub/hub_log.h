// Lines for the operator of the hub: at most kLogLinesPerSecond, the others counted.
//
// Use:    line(now, ...) formats only what will be shown; printable() makes a peer's text harmless.
// Owner:  the hub. The count of lines left out is told with the first line after them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "twinstorm/base/time.h"

namespace twinstorm::hub {

class HubLog {
public:
    using Sink = std::function<void(std::string_view line)>;

    explicit HubLog(Sink sink) : sink_(std::move(sink)) {}

    template <class... Args>
    void line(TimePoint now, fmt::format_string<Args...> format, Args&&... args) {
        if (admit(now)) {
            sink_(fmt::format(format, std::forward<Args>(args)...));
        }
    }

    [[nodiscard]] std::uint64_t suppressed() const { return suppressed_; }

private:
    [[nodiscard]] bool admit(TimePoint now);

    Sink sink_;
    TimePoint second_{};
    std::uint32_t lines_ = 0;
    std::uint64_t suppressed_ = 0;
    std::uint64_t untold_ = 0;
};

// What a peer sent, cut short and with everything but printable ASCII replaced, so that it can
// neither forge a line nor fill the log.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace twinstorm::hub
