#include "hub/admin.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "hub/admin_limits.h"
#include "hub/admin_security.h"
#include "hub/admin_watch.h"
#include "hub/shards.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;

net::HttpResponse admin_error(unsigned status, std::string_view text) {
    return json_response(status, json::object{{"error", text}});
}

bool admitted(const Shard& shard, const RestRequest& request) {
    constexpr std::string_view kScheme = "Bearer ";
    const std::string_view header = net::find_header(*request.headers, "Authorization");
    return header.starts_with(kScheme) &&
           shard.common.admin_token.equals(header.substr(kScheme.size()));
}

// What one shard contributes to a document; the sums are taken where it was asked for.
struct ShardLedger {
    WallTime since{};
    ArrivalCount security;
    ArrivalCount plain;
    std::vector<LedgerRow> rows;
};

ShardLedger ledger_of(Shard& shard, Instant /*now*/) {
    ShardLedger result{shard.ledger.since(), shard.ledger.security(), shard.ledger.plain(), {}};
    for (const LedgerRow* row : shard.ledger.rows()) {
        result.rows.push_back(*row);
    }
    return result;
}

void add_kind(const ArrivalCount& sum, const std::vector<LedgerRow>& rows,
              ArrivalCount LedgerRow::*kind, json::object& document) {
    json::array identities;
    for (const LedgerRow& row : rows) {
        const ArrivalCount& count = row.*kind;
        if (count.received > 0) {
            identities.push_back(json::array{row.name.device_id, row.name.module_id, count.received,
                                             count.distinct, count.duplicated, count.reordered});
        }
    }
    document["received"] = sum.received;
    document["distinct"] = sum.distinct;
    document["duplicated"] = sum.duplicated;
    document["reordered"] = sum.reordered;
    document["bytes"] = sum.bytes;
    document["billed"] = sum.billed;
    document["identities"] = std::move(identities);
}

json::object ledger_document(std::vector<ShardLedger> shards) {
    ShardLedger all = std::move(shards.front());
    for (std::size_t index = 1; index < shards.size(); ++index) {
        all.security += shards[index].security;
        all.plain += shards[index].plain;
        std::ranges::move(shards[index].rows, std::back_inserter(all.rows));
    }
    std::ranges::sort(all.rows, {}, &LedgerRow::name);
    json::object document{{"since", iothub::format_instant(all.since)}};
    add_kind(all.security, all.rows, &LedgerRow::security, document);
    add_kind(all.plain, all.rows, &LedgerRow::plain, document["telemetry"].emplace_object());
    return document;
}

struct ShardStatus {
    std::size_t devices = 0;
    std::size_t conversations = 0;
    ConnectionCounts connections;
    RuleCounts rules;
    TelemetryCount telemetry;
    std::uint64_t security = 0;
    TwinCounts twins;
    std::uint64_t lines_left_out = 0;
};

ShardStatus status_of(Shard& shard, Instant /*now*/) {
    return {shard.registry.device_count(),
            shard.conversations.size(),
            shard.connections,
            shard.rules,
            shard.ledger.telemetry(),
            shard.ledger.security().received,
            shard.twin_counts,
            shard.log.suppressed()};
}

ShardStatus sum_of(const std::vector<ShardStatus>& shards) {
    ShardStatus sum;
    for (const ShardStatus& one : shards) {
        sum.devices += one.devices;
        sum.conversations += one.conversations;
        sum.connections += one.connections;
        sum.rules += one.rules;
        sum.telemetry += one.telemetry;
        sum.security += one.security;
        sum.twins += one.twins;
        sum.lines_left_out += one.lines_left_out;
    }
    return sum;
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

json::object connections_document(const ShardStatus& sum) {
    const ConnectionCounts& counts = sum.connections;
    return {{"open", counts.devices + counts.modules},
            {"devices", counts.devices},
            {"modules", counts.modules},
            {"before_connect", sum.conversations - counts.devices - counts.modules},
            {"accepted", counts.accepted},
            {"over_limit", counts.over_limit},
            {"closed_by_peer", counts.closed_by_peer},
            {"handed_over", counts.handed_over}};
}

json::object status_document(const Common& common, const ShardStatus& sum, TimePoint now) {
    return {{"uptime_s", to_seconds(now - common.started)},
            {"workers", common.shards},
            {"devices", sum.devices},
            {"connections", connections_document(sum)},
            {"take_overs", sum.rules.of(Drop::kTakenOver)},
            {"refused", rule_counts<Refusal>(sum.rules, kRefusals)},
            {"dropped", rule_counts<Drop>(sum.rules, kDrops)},
            {"messages",
             {{"received", sum.telemetry.messages},
              {"bytes", sum.telemetry.bytes},
              {"billed", sum.telemetry.billed},
              {"security", sum.security}}},
            {"twins",
             {{"reads", sum.twins.reads},
              {"updates", sum.twins.updates},
              {"refused", sum.twins.refused},
              {"notices", sum.twins.notices}}},
            {"log_lines_left_out", sum.lines_left_out},
            {"journal", name(common.journal.load())}};
}

void show_ledger(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    here.all.gather<ShardLedger>(
        here, now, ledger_of, [&here, exchange](std::vector<ShardLedger> shards, TimePoint then) {
            exchange->answer(here, json_response(200, ledger_document(std::move(shards))), then);
        });
}

void reset_ledger(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    const WallTime since = here.instant(now).wall;  // The same for all shards.
    here.all.gather<bool>(
        here, now,
        [since](Shard& shard, Instant) {
            shard.ledger.reset(since);
            return true;
        },
        [&here, exchange, since](const std::vector<bool>&, TimePoint then) {
            const json::object body{{"since", iothub::format_instant(since)}};
            exchange->answer(here, json_response(200, body), then);
        });
}

void show_status(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    here.all.gather<ShardStatus>(
        here, now, status_of,
        [&here, exchange](const std::vector<ShardStatus>& shards, TimePoint then) {
            exchange->answer(
                here, json_response(200, status_document(here.common, sum_of(shards), then)), then);
        });
}

struct AdminRoute {
    std::string_view method;
    std::string_view path;
    void (*run)(Shard& here, const ExchangePointer& exchange, TimePoint now);
};

constexpr AdminRoute kAdminRoutes[] = {
    {"GET", "/admin/ledger", show_ledger},
    {"DELETE", "/admin/ledger", reset_ledger},
    {"GET", "/admin/status", show_status},
    {"GET", "/admin/limits", show_limits},
    {"DELETE", "/admin/limits", forget_limits},
    {"PUT", "/admin/faults", set_faults},
    {"DELETE", "/admin/faults", clear_faults},
    {"GET", "/admin/security-messages", show_security_messages},
    {"DELETE", "/admin/security-messages", forget_security_messages},
    {"PUT", "/admin/security/watch", set_security_watch},
    {"POST", "/admin/security/watch", extend_security_watch},
    {"GET", "/admin/security/watch", show_security_watch},
    {"DELETE", "/admin/security/watch", clear_security_watch},
};

}  // namespace

void answer_admin(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    const RestRequest& request = exchange->request();
    if (!admitted(here, request)) {
        exchange->answer(
            here, admin_error(401, "The Authorization header must be Bearer and the admin token"),
            now);
        return;
    }
    bool path_known = false;
    for (const AdminRoute& route : kAdminRoutes) {
        if (route.path == request.path && route.method == request.method) {
            route.run(here, exchange, now);
            return;
        }
        path_known = path_known || route.path == request.path;
    }
    exchange->answer(here,
                     path_known ? admin_error(405, "The resource has no such method")
                                : admin_error(404, "There is no such resource"),
                     now);
}

}  // namespace twinstorm::hub
