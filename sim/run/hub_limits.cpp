#include "run/hub_limits.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include "run/admin_request.h"

namespace twinstorm::run {
namespace {

namespace json = boost::json;

constexpr std::string_view kPage = "/admin/limits";

Duration microseconds_at(const json::value& object, std::string_view key) {
    return std::chrono::microseconds(json::value_to<std::int64_t>(object.at(key)));
}

std::optional<WallTime> instant_at(const json::value& object, std::string_view key) {
    const json::value& value = object.at(key);
    return value.is_null() ? std::nullopt : std::optional(WallTime(microseconds_at(object, key)));
}

LimitHit throttle_hit(std::string_view name, const json::value& object) {
    LimitHit hit;
    hit.name = name;
    hit.first_at = instant_at(object, "first_limited_unix_us");
    hit.last_at = instant_at(object, "last_limited_unix_us");
    hit.limited = microseconds_at(object, "limited_us");
    hit.delayed = json::value_to<std::uint64_t>(object.at("delayed"));
    hit.refused = json::value_to<std::uint64_t>(object.at("refused"));
    hit.delay_mean = microseconds_at(object, "delay_us_mean");
    hit.delay_max = microseconds_at(object, "delay_us_max");
    return hit;
}

LimitHit quota_hit(const json::value& object) {
    LimitHit hit;
    hit.name = "quota";
    hit.first_at = instant_at(object, "first_refused_unix_us");
    hit.refused = json::value_to<std::uint64_t>(object.at("refused"));
    return hit;
}

// A page that is not there is an answer.
bool no_such_page(const Result<void>& answer) {
    return !answer && answer.error().code == ErrorCode::kNotFound;
}

}  // namespace

Result<HubLimits> parse_limits(std::string_view body) {
    try {  // Boost.JSON says what is missing or of a wrong type by throwing.
        const json::value document = json::parse({body.data(), body.size()});
        HubLimits limits;
        limits.known = true;
        const auto keep = [&limits](LimitHit hit) {
            if (hit.delayed > 0 || hit.refused > 0) {
                limits.hits.push_back(std::move(hit));
            }
        };
        for (const auto& [name, object] : document.at("throttles").as_object()) {
            keep(throttle_hit(name, object));
        }
        keep(quota_hit(document.at("quota")));
        std::ranges::stable_sort(limits.hits, {}, &LimitHit::first_at);
        return limits;
    } catch (const std::exception& error) {
        return fail(ErrorCode::kProtocolViolation,
                    fmt::format("the hub's limits cannot be read: {}", error.what()));
    }
}

std::vector<stats::LimitHit> to_result(const std::vector<LimitHit>& hits, WallTime run_start) {
    const auto since_start = [run_start](std::optional<WallTime> at) {
        return at ? std::optional(to_seconds(*at - run_start)) : std::nullopt;
    };
    const auto microseconds = [](Duration duration) {
        using std::chrono::microseconds;
        return static_cast<std::uint64_t>(
            std::chrono::duration_cast<microseconds>(duration).count());
    };
    std::vector<stats::LimitHit> result;
    for (const LimitHit& hit : hits) {
        result.push_back({hit.name, since_start(hit.first_at), since_start(hit.last_at),
                          to_seconds(hit.limited), hit.delayed, hit.refused,
                          microseconds(hit.delay_mean), microseconds(hit.delay_max)});
    }
    return result;
}

void reset_hub_limits(net::HttpClient& http, const Target& target,
                      std::function<void(Result<void>, TimePoint)> done, TimePoint now) {
    http.send(
        admin_request(target, "DELETE", std::string(kPage)),
        [done = std::move(done)](const Result<net::HttpResponse>& answer, TimePoint when) {
            Result<void> checked = check_admin_answer(answer);
            done(no_such_page(checked) ? Result<void>() : std::move(checked), when);
        },
        now);
}

void fetch_hub_limits(net::HttpClient& http, const Target& target,
                      std::function<void(Result<HubLimits>, TimePoint)> done, TimePoint now) {
    http.send(
        admin_request(target, "GET", std::string(kPage)),
        [done = std::move(done)](const Result<net::HttpResponse>& answer, TimePoint when) {
            const Result<void> checked = check_admin_answer(answer);
            if (no_such_page(checked)) {
                done(HubLimits(), when);
            } else if (!checked) {
                done(fail(checked.error()), when);
            } else {
                done(parse_limits(answer->body), when);
            }
        },
        now);
}

}  // namespace twinstorm::run
