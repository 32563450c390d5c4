#include "fuzz/twin_properties.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "twinstorm/base/time.h"
#include "twinstorm/iothub/twin.h"

namespace twinstorm::fuzz {
namespace {

namespace json = boost::json;
using iothub::Twin;
using iothub::TwinSection;

constexpr std::size_t kWritesMax = 64;
constexpr double kDoubleTolerance = 1e-14;  // Boost.JSON's reader may miss the last digit.

bool same(const json::value& a, const json::value& b);

bool same(const json::object& a, const json::object& b) {
    return a.size() == b.size() && std::ranges::all_of(a, [&b](const auto& member) {
               const json::value* const other = b.if_contains(member.key());
               return other != nullptr && same(member.value(), *other);
           });
}

bool same(const json::value& a, const json::value& b) {
    if (a.is_number() && b.is_number() && (a.is_double() || b.is_double())) {
        const double x = a.to_number<double>();
        const double y = b.to_number<double>();
        return std::abs(x - y) <= kDoubleTolerance * std::max(std::abs(x), std::abs(y));
    }
    if (a.is_object() && b.is_object()) {
        return same(a.get_object(), b.get_object());
    }
    if (a.is_array() && b.is_array()) {
        const auto twin = [](const json::value& x, const json::value& y) { return same(x, y); };
        return std::ranges::equal(a.get_array(), b.get_array(), twin);
    }
    return a == b;
}

json::object service_view(const Twin& twin) {
    return twin.service_view({.device_id = "d", .module_id = "m", .identity_etag = "e"});
}

// What is counted before and after each write.
struct Versions {
    std::int64_t desired = 0;
    std::int64_t reported = 0;
    std::int64_t whole = 0;
    std::string etag;

    explicit Versions(const Twin& twin)
        : desired(twin.desired().version()),
          reported(twin.reported().version()),
          whole(twin.version()),
          etag(twin.etag()) {}
    bool operator==(const Versions&) const = default;
};

Verdict check_section(const TwinSection& section) {
    if (!iothub::check_patch(section.values(), false)) {
        return "a section holds what no patch may bring";
    }
    if (iothub::twin_size(section.values()) > iothub::twin_limit::kSectionBytesMax) {
        return "a section is over its limit";
    }
    if (section.with_version().at("$version") != section.version()) {
        return "a section shows another version than it has";
    }
    return std::nullopt;
}

Verdict check_view(const json::object& view) {
    json::error_code error;
    const json::value again = json::parse(json::serialize(view), error);
    if (error) {
        return "a view is no JSON: " + error.message();
    }
    return same(json::value(view), again) ? std::nullopt
                                          : Verdict("a view parses back to another document");
}

Verdict check_state(const Twin& twin) {
    const json::object service = service_view(twin);
    const json::object device = twin.device_view();
    if (const auto* const tags = service.if_contains("tags");
        tags != nullptr &&
        iothub::twin_size(tags->as_object()) > iothub::twin_limit::kTagsBytesMax) {
        return "the tags are over their limit";
    }
    for (const Verdict& verdict : {check_section(twin.desired()), check_section(twin.reported()),
                                   check_view(service), check_view(device)}) {
        if (verdict) {
            return verdict;
        }
    }
    return std::nullopt;
}

class Script {
public:
    Verdict write(char kind, const json::object& body) {
        const Versions before(twin_);
        const json::object seen_before = service_view(twin_);
        const bool accepted = apply(kind, body);
        const Versions after(twin_);
        if (!accepted) {
            return after == before && service_view(twin_) == seen_before
                       ? std::nullopt
                       : Verdict("a refused write changes something");
        }
        if (kind == 's') {
            return "a write with a stale etag is accepted";
        }
        if (Verdict verdict = check_versions(kind, before, after)) {
            return verdict;
        }
        if (kind != 'd' && after.desired != before.desired && !copy_follows(kind, body)) {
            return "a device's copy is another than the hub's";
        }
        return check_state(twin_);
    }

private:
    bool apply(char kind, const json::object& body) {
        const WallTime now = kVirtualEpoch + std::chrono::seconds(++writes_);
        const std::string etag = std::exchange(stale_etag_, twin_.etag());
        switch (kind) {
            case 'p':
                return twin_.patch_by_service(body, {}, now).has_value();
            case 'P':
                return twin_.patch_by_service(body, '"' + twin_.etag() + '"', now).has_value();
            case 's':
                return twin_.patch_by_service(body, etag == twin_.etag() ? "AA==" : etag, now)
                    .has_value();
            case 'r':
                return twin_.replace_by_service(body, "*", now).has_value();
            case 'R':
                return twin_.replace_by_service(body, twin_.etag(), now).has_value();
            default:
                return report(body, now);
        }
    }

    bool report(const json::object& patch, WallTime now) {
        const auto version = twin_.patch_reported(patch, now);
        return version.has_value() && *version == twin_.reported().version();
    }

    static Verdict check_versions(char kind, const Versions& before, const Versions& after) {
        if (after.whole != before.whole + 1) {
            return "a write does not raise the twin's version by one";
        }
        const bool by_device = kind == 'd';
        if ((after.etag == before.etag) != by_device) {
            return "the etag does not count the service's writes";
        }
        if (after.reported != before.reported + (by_device ? 1 : 0)) {
            return "the reported version does not count reports";
        }
        const std::int64_t raised = after.desired - before.desired;
        const bool replaces = kind == 'r' || kind == 'R';
        if (raised < 0 || raised > 1 || (by_device && raised != 0) || (replaces && raised != 1)) {
            return "the desired version does not count what it should";
        }
        return std::nullopt;
    }

    // What a connected device makes of the notices.
    bool copy_follows(char kind, const json::object& body) {
        const json::value* const properties = body.if_contains("properties");
        const json::object* const sections =
            properties == nullptr ? nullptr : properties->if_object();
        const json::value* const desired =
            sections == nullptr ? nullptr : sections->if_contains("desired");
        if (kind == 'r' || kind == 'R' || desired == nullptr || !desired->is_object()) {
            copy_ = twin_.desired().values();  // It reads the twin anew.
            return true;
        }
        json::object notice =
            iothub::desired_notice(desired->get_object(), twin_.desired().version());
        notice.erase("$version");
        iothub::merge_patch(copy_, notice);
        return copy_ == twin_.desired().values();
    }

    Twin twin_{kVirtualEpoch};
    json::object copy_;  // Of desired.
    std::string stale_etag_ = "AAAAAAAAAAA=";
    std::int64_t writes_ = 0;
};

}  // namespace

Verdict check_twin(std::span<const std::byte> input) {
    constexpr std::string_view kKinds = "prdPRs";
    std::string_view left(reinterpret_cast<const char*>(input.data()), input.size());
    Script script;
    for (std::size_t writes = 0; !left.empty() && writes < kWritesMax; ++writes) {
        const std::string_view line = left.substr(0, left.find('\n'));
        left.remove_prefix(std::min(left.size(), line.size() + 1));
        if (line.empty() || kKinds.find(line.front()) == std::string_view::npos) {
            continue;
        }
        json::error_code error;
        const json::value body = json::parse(line.substr(1), error);
        if (error || !body.is_object()) {
            continue;
        }
        if (Verdict verdict = script.write(line.front(), body.get_object())) {
            return verdict;
        }
    }
    return std::nullopt;
}

}  // namespace twinstorm::fuzz
