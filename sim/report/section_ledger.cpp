#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "report/html_table.h"
#include "report/numbers.h"
#include "report/sections.h"
#include "report/text.h"

namespace twinstorm::report {
namespace {

struct Entry {
    std::string_view name;
    std::uint64_t count = 0;
};

struct Balance {
    std::string_view caption;
    Entry whole;
    std::vector<Entry> parts;
};

HtmlCell check_of(std::uint64_t whole, std::uint64_t sum) {
    if (sum == whole) {
        return mark_cell(true, "the sums meet");
    }
    return mark_cell(false, sum > whole ? fmt::format("{} too many", count_text(sum - whole))
                                        : fmt::format("{} missing", count_text(whole - sum)));
}

// The whole on top, its parts below, their sum under a line: the reader adds up for himself.
std::string balance_table(const Balance& balance) {
    HtmlTable table(balance.caption, {"Account", "#Count"});
    std::uint64_t sum = 0;
    table.row({plain_cell(balance.whole.name), plain_cell(count_text(balance.whole.count))},
              "whole");
    for (const Entry& part : balance.parts) {
        sum += part.count;
        table.row({plain_cell(part.name), plain_cell(count_text(part.count))}, "part");
    }
    table.row({{"Sum of the parts" + check_of(balance.whole.count, sum).html},
               plain_cell(count_text(sum))},
              "sum");
    return table.html();
}

std::string optional_count(const std::optional<std::uint64_t>& count) {
    return count ? count_text(*count) : "unknown on a real hub";
}

std::string hub_table(std::string_view what, const stats::MessageLedger& ledger) {
    HtmlTable table(fmt::format("{}, as the hub counted them", what), {"At the hub", "#Count"});
    table.row({plain_cell("Distinct messages received"),
               plain_cell(optional_count(ledger.hub_received))});
    table.row({plain_cell("Received again (duplicates)"),
               plain_cell(optional_count(ledger.hub_duplicated))});
    table.row(
        {plain_cell("Received out of order"), plain_cell(optional_count(ledger.hub_reordered))});
    table.row({plain_cell("Acknowledged, yet never received (lost)"),
               plain_cell(optional_count(ledger.lost))},
              ledger.lost.value_or(0) > 0 ? "failed" : "");
    return table.html();
}

std::string message_tables(std::string_view what, const stats::MessageLedger& messages) {
    const std::string caption = fmt::format("{}, as the agents counted them", what);
    return balance_table({caption,
                          {"Offered", messages.offered},
                          {{"Acknowledged", messages.acked},
                           {"Failed", messages.failed},
                           {"In flight at the end", messages.in_flight},
                           {"Not yet sent at the end", messages.unsent}}}) +
           hub_table(what, messages);
}

}  // namespace

std::string ledger_section(const stats::RunResult& result) {
    const stats::TwinLedger& twins = result.twins;
    // A fleet without plain devices needs no tables of zeros.
    const std::string telemetry = result.telemetry.offered > 0
                                      ? message_tables("Telemetry", result.telemetry)
                                      : std::string();
    return message_tables("Security messages", result.messages) + telemetry +
           balance_table({"Twin updates, as the operator counted them",
                          {"Offered", twins.offered},
                          {{"Accepted", twins.accepted},
                           {"Throttled", twins.throttled},
                           {"Failed", twins.failed},
                           {"No answer yet at the end", twins.pending}}}) +
           balance_table(
               {"Accepted twin updates, as the agents confirmed them",
                {"Accepted", twins.accepted},
                {{"Confirmed", twins.confirmed}, {"Not confirmed (yet)", twins.unconfirmed}}});
}

}  // namespace twinstorm::report
