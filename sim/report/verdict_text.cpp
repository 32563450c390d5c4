#include "report/verdict_text.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include <fmt/format.h>

#include "report/numbers.h"

namespace twinstorm::report {
namespace {

std::string failed_sentence(const stats::RunResult& result) {
    const auto missed = [](const stats::GateResult& gate) { return !gate.passed; };
    const auto failed = std::count_if(result.gates.begin(), result.gates.end(), missed);
    const auto first = std::find_if(result.gates.begin(), result.gates.end(), missed);
    if (first == result.gates.end()) {
        return "The run failed.";
    }
    const std::string example =
        first->actual
            ? fmt::format("{} was {}, the limit is {}", first->metric, gate_text(*first).actual,
                          gate_text(*first).limit)
            : fmt::format("{} could not be judged ({})", first->metric, gate_text(*first).margin);
    if (result.gates.size() == 1) {
        return fmt::format("The one gate failed: {}.", example);
    }
    return fmt::format("{} of {} gates failed{}: {}.", failed, result.gates.size(),
                       failed > 1 ? ", the first" : "", example);
}

std::string passed_sentence(std::size_t gates) {
    constexpr std::string_view kTrust = "the harness kept up, so the numbers can be trusted";
    if (gates == 0) {
        return fmt::format("The scenario sets no gates; the run ended as planned and {}.", kTrust);
    }
    if (gates == 1) {
        return fmt::format("The one gate was met, and {}.", kTrust);
    }
    return fmt::format("All {} gates were met, and {}.", gates, kTrust);
}

}  // namespace

std::string_view verdict_word(stats::Verdict verdict) {
    switch (verdict) {
        case stats::Verdict::kPassed:
            return "Passed";
        case stats::Verdict::kFailed:
            return "Failed";
        case stats::Verdict::kInvalid:
            return "Invalid";
        case stats::Verdict::kInterrupted:
            return "Interrupted";
    }
    return "Unknown";
}

std::string_view verdict_sign(stats::Verdict verdict) {
    switch (verdict) {
        case stats::Verdict::kPassed:
            return "✓";
        case stats::Verdict::kFailed:
            return "✕";
        case stats::Verdict::kInvalid:
            return "!";
        case stats::Verdict::kInterrupted:
            return "‖";
    }
    return "?";
}

std::string verdict_sentence(const stats::RunResult& result) {
    switch (result.verdict) {
        case stats::Verdict::kPassed:
            return passed_sentence(result.gates.size());
        case stats::Verdict::kFailed:
            return failed_sentence(result);
        case stats::Verdict::kInvalid:
            return "Do not rely on these numbers: the harness itself was the bottleneck, so they "
                   "say more about the machine that measured than about the hub.";
        case stats::Verdict::kInterrupted:
            return fmt::format(
                "The run was stopped after {}, before its end. What was measured until then "
                "follows; gates are judged on that part alone.",
                seconds_text(result.duration_s));
    }
    return {};
}

}  // namespace twinstorm::report
