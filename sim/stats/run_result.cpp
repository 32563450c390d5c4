#include "twinstorm/stats/run_result.h"

namespace twinstorm::stats {

std::string_view name(Verdict verdict) {
    switch (verdict) {
        case Verdict::kPassed:
            return "passed";
        case Verdict::kFailed:
            return "failed";
        case Verdict::kInvalid:
            return "invalid";
        case Verdict::kInterrupted:
            return "interrupted";
    }
    return "invalid";
}

void IdentityCounts::merge(const IdentityCounts& other) {
    ordinary += other.ordinary;
    absent += other.absent;
    never_connected += other.never_connected;
    rejected += other.rejected;
}

}  // namespace twinstorm::stats
