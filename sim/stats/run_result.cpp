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

}  // namespace twinstorm::stats
