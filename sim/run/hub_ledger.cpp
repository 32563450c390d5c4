#include "run/hub_ledger.h"

#include <utility>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include "run/admin_request.h"

namespace twinstorm::run {
namespace {

namespace json = boost::json;

constexpr const char* kPage = "/admin/ledger";

HubLedger::Kind parse_kind(const json::value& document) {
    HubLedger::Kind kind;
    kind.duplicated = json::value_to<std::uint64_t>(document.at("duplicated"));
    kind.reordered = json::value_to<std::uint64_t>(document.at("reordered"));
    for (const json::value& row : document.at("identities").as_array()) {
        const json::array& cells = row.as_array();
        kind.distinct[{json::value_to<std::string>(cells.at(0)),
                       json::value_to<std::string>(cells.at(1))}] =
            json::value_to<std::uint64_t>(cells.at(3));
    }
    return kind;
}

Result<HubLedger> parse_ledger(std::string_view body) {
    try {  // Boost.JSON says what is missing or of a wrong type by throwing.
        const json::value document = json::parse({body.data(), body.size()});
        HubLedger ledger;
        ledger.since = json::value_to<std::string>(document.at("since"));
        if (!document.as_object().contains("identities")) {
            return ledger;  // The answer to a reset.
        }
        ledger.security = parse_kind(document);
        ledger.telemetry = parse_kind(document.at("telemetry"));
        return ledger;
    } catch (const std::exception& error) {
        return fail(ErrorCode::kProtocolViolation,
                    fmt::format("the hub's ledger cannot be read: {}", error.what()));
    }
}

}  // namespace

void reset_hub_ledger(net::HttpClient& http, const Target& target,
                      std::function<void(Result<std::string>, TimePoint)> done, TimePoint now) {
    http.send(
        admin_request(target, "DELETE", kPage),
        [done = std::move(done)](const Result<net::HttpResponse>& answer, TimePoint when) {
            if (const auto status = check_admin_answer(answer); !status) {
                done(fail(status.error()), when);
                return;
            }
            done(parse_ledger(answer->body).map([](const HubLedger& ledger) {
                return ledger.since;
            }),
                 when);
        },
        now);
}

void fetch_hub_ledger(net::HttpClient& http, const Target& target,
                      std::function<void(Result<HubLedger>, TimePoint)> done, TimePoint now) {
    http.send(
        admin_request(target, "GET", kPage),
        [done = std::move(done)](const Result<net::HttpResponse>& answer, TimePoint when) {
            if (const auto status = check_admin_answer(answer); !status) {
                done(fail(status.error()), when);
                return;
            }
            done(parse_ledger(answer->body), when);
        },
        now);
}

}  // namespace twinstorm::run
