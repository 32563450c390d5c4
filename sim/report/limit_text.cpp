#include "report/limit_text.h"

#include "report/numbers.h"

namespace twinstorm::report {

LimitText limit_text(const stats::LimitHit& hit) {
    const std::string none(kNone);
    const bool delayed = hit.delayed > 0;
    return {hit.first_s ? seconds_text(*hit.first_s) : none,
            hit.limited_s > 0 ? seconds_text(hit.limited_s) : none,
            delayed ? count_text(hit.delayed) : none,
            delayed ? latency_text(static_cast<double>(hit.delay_us_mean)) : none,
            delayed ? latency_text(static_cast<double>(hit.delay_us_max)) : none,
            hit.refused > 0 ? count_text(hit.refused) : none};
}

}  // namespace twinstorm::report
