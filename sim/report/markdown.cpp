#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "report/fleet_text.h"
#include "report/harness_text.h"
#include "report/key_numbers.h"
#include "report/limit_text.h"
#include "report/markdown_playbooks.h"
#include "report/numbers.h"
#include "report/text.h"
#include "report/verdict_text.h"
#include "twinstorm/report/report.h"

namespace twinstorm::report {
namespace {

std::string gates_table(const stats::RunResult& result) {
    if (result.gates.empty()) {
        return "The scenario sets no gates.\n";
    }
    std::string text =
        "| Gate | Result | Actual | Limit | Why |\n| --- | --- | ---: | ---: | --- |\n";
    for (const stats::GateResult& gate : result.gates) {
        const GateText words = gate_text(gate);
        text += fmt::format("| {} | {} | {} | {} | {} |\n", markdown_code(gate.expression),
                            gate.passed ? "✓ met" : "✕ **failed**", markdown_text(words.actual),
                            markdown_text(words.limit), markdown_text(words.margin));
    }
    return text;
}

std::string key_numbers_table(const stats::RunResult& result) {
    std::string text = "| Number | Value | |\n| --- | ---: | --- |\n";
    for (const KeyNumber& number : key_numbers(result)) {
        text += fmt::format("| {} | **{}** | {} |\n", markdown_text(number.label),
                            markdown_text(number.value), markdown_text(number.note));
    }
    return text;
}

// With its heading; nothing when no limit was hit.
std::string limits(const stats::RunResult& result) {
    if (!result.limits || result.limits->empty()) {
        return {};
    }
    std::string text =
        "### Limits hit\n\n| Limit | First hit | For | Delayed | Mean delay | Longest delay | "
        "Refused |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    for (const stats::LimitHit& hit : *result.limits) {
        const LimitText words = limit_text(hit);
        text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", markdown_code(hit.name),
                            words.first, words.length, words.delayed, words.delay_mean,
                            words.delay_max, words.refused);
    }
    return text + "\n";
}

std::string encodings(const stats::RunResult& result) {
    const std::string text = encodings_text(result);
    return text.empty() ? text : fmt::format(" {}.", markdown_text(text));
}

std::string sentences(std::string_view lead, const std::vector<std::string>& list) {
    std::string text;
    for (const std::string& sentence : list) {
        text += fmt::format("- {}{}\n", lead, markdown_text(sentence));
    }
    return text;
}

std::string harness_table(const stats::RunResult& result) {
    std::string text = "\n| The harness itself | | |\n| --- | ---: | --- |\n";
    for (const HarnessFact& fact : harness_facts(result)) {
        text += fmt::format("| {} | {} | {} |\n", markdown_text(fact.question),
                            markdown_text(fact.answer), markdown_text(fact.detail));
    }
    return text;
}

std::string validity(const stats::RunResult& result) {
    const std::string_view verdict = result.validity.valid
                                         ? "✓ Valid: the harness was not the bottleneck.\n"
                                         : "✕ **Not valid**: the harness was the bottleneck.\n";
    const std::string list = sentences("", result.validity.reasons) +
                             sentences("Worth knowing: ", result.validity.warnings);
    return std::string(verdict) + (list.empty() ? "" : "\n" + list) + harness_table(result);
}

}  // namespace

std::string markdown(const stats::RunResult& result) {
    const std::string question = result.question.empty()
                                     ? std::string()
                                     : fmt::format("\n_{}_\n", markdown_text(result.question));
    return fmt::format(
        "## {} {}: {}\n\n{}\n{}\n### Gates\n\n{}\n### Key numbers\n\n{}\n{}{}### Validity\n\n{}\n"
        "Started {}, ran for {}, seed {}, plan {}.{}\n",
        verdict_sign(result.verdict), verdict_word(result.verdict), markdown_text(result.name),
        markdown_text(verdict_sentence(result)), question, gates_table(result),
        key_numbers_table(result), limits(result), markdown_playbooks(result), validity(result),
        markdown_text(result.started_at), seconds_text(result.duration_s), result.seed,
        markdown_code(result.plan_hash), encodings(result));
}

}  // namespace twinstorm::report
