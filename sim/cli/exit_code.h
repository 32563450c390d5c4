// What the program says to scripts.
#pragma once

#include "twinstorm/base/error.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::cli {

enum class ExitCode : int {
    kPassed = 0,
    kGateFailed = 1,
    kMistake = 2,      // The scenario or the command line is wrong.
    kCannotServe = 3,  // The target or this machine could not serve.
    kInvalid = 4,      // The harness was the bottleneck: the numbers are not to be trusted.
    kInterrupted = 130,
};

[[nodiscard]] constexpr ExitCode exit_code(stats::Verdict verdict) {
    switch (verdict) {
        case stats::Verdict::kPassed:
            return ExitCode::kPassed;
        case stats::Verdict::kFailed:
            return ExitCode::kGateFailed;
        case stats::Verdict::kInvalid:
            return ExitCode::kInvalid;
        case stats::Verdict::kInterrupted:
            return ExitCode::kInterrupted;
    }
    return ExitCode::kInvalid;
}

}  // namespace twinstorm::cli
