#include "dps/service_routes.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "dps/enrollment_document.h"
#include "dps/json_body.h"
#include "dps/limits.h"
#include "dps/text.h"
#include "twinstorm/base/base64.h"

namespace twinstorm::dps {
namespace {

namespace json = boost::json;
using Response = Outcome<net::HttpResponse>;

struct Route {
    std::string_view method;
    std::string_view pattern;  // `{id}` takes any one segment; literal ones stand before it.
    Right right;
    Response (*run)(Core& core, const RestRequest& request);
};

EnrollmentName name_of(const RestRequest& request) {
    return {request.segments[0] == "enrollmentGroups", request.segments[1]};
}

Response get_enrollment(Core& core, const RestRequest& request) {
    const auto found = core.enrollments.get(name_of(request));
    return found ? Response(json_response(200, enrollment_view(**found, Keys::kHidden)))
                 : tl::unexpected(found.error());
}

Response put_enrollment(Core& core, const RestRequest& request) {
    const auto body = parse_body(request.body);
    if (!body) {
        return tl::unexpected(body.error());
    }
    const auto stored = core.enrollments.put({name_of(request), request.header("If-Match")}, *body,
                                             request.now.wall);
    return stored ? Response(json_response(200, enrollment_view(**stored, Keys::kShown)))
                  : tl::unexpected(stored.error());
}

Response delete_enrollment(Core& core, const RestRequest& request) {
    const EnrollmentName name = name_of(request);
    if (auto erased = core.enrollments.erase(name, request.header("If-Match")); !erased) {
        return tl::unexpected(erased.error());
    }
    core.registrations.erase_of(name);
    return net::HttpResponse{204, {}, {}};
}

Response get_attestation(Core& core, const RestRequest& request) {
    const auto found = core.enrollments.get(name_of(request));
    return found ? Response(json_response(200, attestation_view(**found, Keys::kShown)))
                 : tl::unexpected(found.error());
}

Response get_registration(Core& core, const RestRequest& request) {
    const auto found = core.registrations.get(request.segments[1]);
    return found ? Response(json_response(200, state_view(**found)))
                 : tl::unexpected(found.error());
}

Response delete_registration(Core& core, const RestRequest& request) {
    auto erased = core.registrations.erase(request.segments[1], request.header("If-Match"));
    return erased ? Response(net::HttpResponse{204, {}, {}}) : tl::unexpected(erased.error());
}

// --- Queries --------------------------------------------------------------------------------

struct Page {
    std::string after;  // The id that the page before ended with.
    std::size_t items_max = kQueryPageMax;
};

Outcome<Page> read_page(const RestRequest& request) {
    Page page;
    const std::string_view items = request.header("x-ms-max-item-count");
    const auto [end, error] =
        std::from_chars(items.data(), items.data() + items.size(), page.items_max);
    if (!items.empty() &&
        (error != std::errc{} || end != items.data() + items.size() || page.items_max == 0)) {
        return refuse(FaultCode::kBadRequest, "x-ms-max-item-count must be a positive number");
    }
    page.items_max = std::min(page.items_max, kQueryPageMax);
    auto after = base64_decode(request.header("x-ms-continuation"));
    if (!after) {
        return refuse(FaultCode::kBadRequest, "x-ms-continuation is not one of ours");
    }
    page.after = *std::move(after);
    return page;
}

// `SELECT * FROM ...` is all that is understood.
Outcome<void> check_query(const RestRequest& request, std::string_view source) {
    const auto body = parse_body(request.body);
    if (!body) {
        return tl::unexpected(body.error());
    }
    const json::value* query = body->if_contains("query");
    std::string text = query != nullptr && query->is_string()
                           ? lower(std::string_view(query->get_string()))
                           : std::string();
    while (!text.empty() && (text.back() == ' ' || text.back() == ';')) {
        text.pop_back();
    }
    const std::string all = "select *";
    if (text == all || text == all + " from " + lower(source)) {
        return {};
    }
    return refuse(FaultCode::kBadRequest,
                  "query must be SELECT * FROM " + std::string(source) + " without conditions");
}

template <class Map, class Wanted, class View>
Response answer_query(const Map& map, const Page& page, const Wanted& wanted, const View& view) {
    json::array items;
    const std::string* last = nullptr;
    for (auto entry = map.upper_bound(page.after); entry != map.end(); ++entry) {
        if (!wanted(entry->second)) {
            continue;
        }
        if (items.size() == page.items_max) {
            net::HttpResponse response = json_response(200, items);
            response.headers.emplace_back("x-ms-continuation", base64_encode(*last));
            return response;
        }
        items.push_back(view(entry->second));
        last = &entry->first;
    }
    return json_response(200, items);
}

Response query_enrollments(Core& core, const RestRequest& request) {
    const std::string& source = request.segments[0];
    const auto page = read_page(request);
    const auto checked = check_query(request, source);
    if (!page || !checked) {
        return tl::unexpected(page ? checked.error() : page.error());
    }
    return answer_query(
        core.enrollments.all(source == "enrollmentGroups"), *page,
        [](const Enrollment&) { return true; },
        [](const Enrollment& one) { return enrollment_view(one, Keys::kHidden); });
}

// Those of one group.
Response query_registrations(Core& core, const RestRequest& request) {
    const auto page = read_page(request);
    const auto group = core.enrollments.get({true, request.segments[1]});
    if (!page || !group) {
        return tl::unexpected(page ? group.error() : page.error());
    }
    return answer_query(
        core.registrations.all(), *page,
        [&](const Registration& one) {
            return one.enrollment.group && one.enrollment.id == (*group)->name.id;
        },
        state_view);
}

// --- Routes ---------------------------------------------------------------------------------

constexpr Route kRoutes[] = {
    {"POST", "/enrollments/query", Right::kEnrollmentRead, query_enrollments},
    {"POST", "/enrollmentGroups/query", Right::kEnrollmentRead, query_enrollments},
    {"GET", "/enrollments/{id}", Right::kEnrollmentRead, get_enrollment},
    {"PUT", "/enrollments/{id}", Right::kEnrollmentWrite, put_enrollment},
    {"DELETE", "/enrollments/{id}", Right::kEnrollmentWrite, delete_enrollment},
    {"GET", "/enrollmentGroups/{id}", Right::kEnrollmentRead, get_enrollment},
    {"PUT", "/enrollmentGroups/{id}", Right::kEnrollmentWrite, put_enrollment},
    {"DELETE", "/enrollmentGroups/{id}", Right::kEnrollmentWrite, delete_enrollment},
    // Keys are shown to those only who could set them.
    {"POST", "/enrollments/{id}/attestationmechanism", Right::kEnrollmentWrite, get_attestation},
    {"POST", "/enrollmentGroups/{id}/attestationmechanism", Right::kEnrollmentWrite,
     get_attestation},
    {"GET", "/registrations/{id}", Right::kRegistrationStatusRead, get_registration},
    {"DELETE", "/registrations/{id}", Right::kRegistrationStatusWrite, delete_registration},
    {"POST", "/registrations/{id}/query", Right::kRegistrationStatusRead, query_registrations},
};

bool matches(std::string_view pattern, const std::vector<std::string>& segments) {
    for (const std::string& segment : segments) {
        if (pattern.empty()) {
            return false;
        }
        pattern.remove_prefix(1);
        const std::string_view expected = pattern.substr(0, pattern.find('/'));
        pattern.remove_prefix(expected.size());
        if (!expected.starts_with('{') && expected != segment) {
            return false;
        }
    }
    return pattern.empty();
}

Outcome<const Route*> find_route(const RestRequest& request) {
    bool path_known = false;
    for (const Route& route : kRoutes) {
        if (matches(route.pattern, request.segments)) {
            path_known = true;
            if (route.method == request.method) {
                return &route;
            }
        }
    }
    return path_known ? refuse(FaultCode::kNoMethod, "The resource has no such method")
                      : refuse(FaultCode::kNoResource, "There is no such resource");
}

}  // namespace

Response answer_service(Core& core, const RestRequest& request) {
    const auto route = find_route(request);
    if (!route) {
        return tl::unexpected(route.error());
    }
    const auto admitted = core.policies.admit(request.header("Authorization"), (*route)->right,
                                              request.path, request.now.wall);
    return admitted ? (*route)->run(core, request) : tl::unexpected(admitted.error());
}

}  // namespace twinstorm::dps
