#include "hub/admin.h"

#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "twinstorm/iothub/service_error.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;

net::HttpResponse admin_error(unsigned status, std::string_view text) {
    return json_response(status, json::object{{"error", text}});
}

// Takes the same time wherever the texts differ.
bool equal_in_constant_time(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) {
        return false;
    }
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
    }
    return difference == 0;
}

bool admitted(const Core& core, const RestRequest& request) {
    constexpr std::string_view kScheme = "Bearer ";
    const std::string_view header = net::find_header(request.headers, "Authorization");
    return header.starts_with(kScheme) &&
           equal_in_constant_time(header.substr(kScheme.size()), core.admin_token.reveal());
}

json::object ledger_document(const Core& core) {
    json::array identities;
    for (const LedgerRow* row : core.ledger.rows()) {
        const SecurityCount& count = row->security;
        if (count.received > 0) {
            identities.push_back(json::array{row->name.device_id, row->name.module_id,
                                             count.received, count.distinct, count.duplicated,
                                             count.reordered});
        }
    }
    const SecurityCount& sum = core.ledger.security();
    return {{"since", iothub::format_instant(core.ledger.since())},
            {"received", sum.received},
            {"distinct", sum.distinct},
            {"duplicated", sum.duplicated},
            {"reordered", sum.reordered},
            {"bytes", sum.bytes},
            {"billed", sum.billed},
            {"identities", std::move(identities)}};
}

template <class Rule>
json::object rule_counts(const RuleCounts& counts, std::size_t rules) {
    json::object result;
    for (std::size_t i = 0; i < rules; ++i) {
        const auto rule = static_cast<Rule>(i);
        if (counts.of(rule) > 0) {
            result[name(rule)] = counts.of(rule);
        }
    }
    return result;
}

json::object connections_document(const Core& core) {
    const ConnectionCounts& counts = core.connections;
    return {{"open", counts.devices + counts.modules},
            {"devices", counts.devices},
            {"modules", counts.modules},
            {"before_connect", core.conversations.size() - counts.devices - counts.modules},
            {"accepted", counts.accepted},
            {"over_limit", counts.over_limit},
            {"closed_by_peer", counts.closed_by_peer}};
}

json::object status_document(const Core& core, Instant now) {
    const TelemetryCount& telemetry = core.ledger.telemetry();
    const TwinCounts& twins = core.twin_counts;
    return {{"uptime_s", to_seconds(now.run - core.started)},
            {"devices", core.registry.device_count()},
            {"connections", connections_document(core)},
            {"take_overs", core.rules.of(Drop::kTakenOver)},
            {"refused", rule_counts<Refusal>(core.rules, kRefusals)},
            {"dropped", rule_counts<Drop>(core.rules, kDrops)},
            {"messages",
             {{"received", telemetry.messages},
              {"bytes", telemetry.bytes},
              {"billed", telemetry.billed},
              {"security", core.ledger.security().received}}},
            {"twins",
             {{"reads", twins.reads},
              {"updates", twins.updates},
              {"refused", twins.refused},
              {"notices", twins.notices}}},
            {"log_lines_left_out", core.log.suppressed()},
            {"journal", core.journal.failed()    ? "failed"
                        : core.journal.enabled() ? "on"
                                                 : "off"}};
}

}  // namespace

net::HttpResponse answer_admin(Core& core, const RestRequest& request) {
    if (!admitted(core, request)) {
        return admin_error(401, "The Authorization header must be Bearer and the admin token");
    }
    if (request.path == "/admin/ledger" && request.method == "GET") {
        return json_response(200, ledger_document(core));
    }
    if (request.path == "/admin/ledger" && request.method == "DELETE") {
        core.ledger.reset(request.now.wall);
        return json_response(200,
                             json::object{{"since", iothub::format_instant(core.ledger.since())}});
    }
    if (request.path == "/admin/status" && request.method == "GET") {
        return json_response(200, status_document(core, request.now));
    }
    const bool known = request.path == "/admin/ledger" || request.path == "/admin/status";
    return known ? admin_error(405, "The resource has no such method")
                 : admin_error(404, "There is no such resource");
}

}  // namespace twinstorm::hub
