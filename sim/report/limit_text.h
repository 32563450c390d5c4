// A limit of the hub that was hit, in words: shared by the page and the Markdown.
#pragma once

#include <string>

#include "twinstorm/stats/run_result.h"

namespace twinstorm::report {

struct LimitText {
    std::string first;   // `12.3 s`, since the run's start.
    std::string length;  // `4.50 s`, all times together.
    std::string delayed;
    std::string delay_mean;
    std::string delay_max;
    std::string refused;
};
// What is not known, or did not happen, is a dash.
[[nodiscard]] LimitText limit_text(const stats::LimitHit& hit);

}  // namespace twinstorm::report
