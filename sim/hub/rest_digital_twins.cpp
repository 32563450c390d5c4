#include "hub/rest_digital_twins.h"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "hub/json_fields.h"
#include "hub/limits.h"
#include "hub/method_calls.h"
#include "hub/quota.h"
#include "hub/rest_methods.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;

// Marks an object of a twin as a component; a digital twin says the same with `$metadata`.
constexpr std::string_view kComponentMark = "__t";
constexpr std::string_view kComponent = "c";
constexpr std::string_view kMetadata = "$metadata";

tl::unexpected<iothub::ServiceError> invalid(std::string text) {
    return refuse(ServiceErrorCode::kArgumentInvalid, std::move(text));
}

// `/thermostat1/target`: a JSON pointer [RFC 6901] of at least one name.
std::optional<std::vector<std::string>> read_pointer(std::string_view text) {
    std::vector<std::string> names;
    while (text.starts_with('/')) {
        text.remove_prefix(1);
        std::string name(text.substr(0, text.find('/')));
        text.remove_prefix(name.size());
        for (std::size_t at = name.find('~'); at != std::string::npos;
             at = name.find('~', at + 1)) {
            const std::string_view escape = std::string_view(name).substr(at, 2);
            if (escape != "~0" && escape != "~1") {
                return std::nullopt;
            }
            name.replace(at, 2, escape == "~0" ? "~" : "/");
        }
        if (name.empty()) {
            return std::nullopt;
        }
        names.push_back(std::move(name));
    }
    return names.empty() || !text.empty() ? std::nullopt : std::optional(std::move(names));
}

const json::value* member(const json::value* parent, std::string_view name) {
    const json::object* const object = parent == nullptr ? nullptr : parent->if_object();
    return object == nullptr ? nullptr : object->if_contains(name);
}

bool is_component(const json::object& section, std::string_view name) {
    const json::value* const mark = member(section.if_contains(name), kComponentMark);
    return mark != nullptr && mark->is_string() && mark->get_string() == kComponent;
}

// The merge patch that turns `before` into `after`, whatever members `before` has.
json::value replacement(const json::value* before, const json::value& after) {
    const json::object* const wanted = after.if_object();
    if (wanted == nullptr) {
        return after;
    }
    json::object patch;
    const json::object* const there = before == nullptr ? nullptr : before->if_object();
    if (there != nullptr) {
        for (const auto& [name, value] : *there) {
            if (!wanted->contains(name)) {
                patch[name] = nullptr;
            }
        }
    }
    for (const auto& [name, value] : *wanted) {
        patch[name] = replacement(there == nullptr ? nullptr : there->if_contains(name), value);
    }
    return patch;
}

// One operation after the other becomes part of one merge patch.
class DesiredPatch {
public:
    explicit DesiredPatch(const iothub::Twin& twin) : twin_(twin) {}

    [[nodiscard]] Outcome<void> add(const json::value& operation);
    [[nodiscard]] json::object take() { return std::move(patch_); }

private:
    void set(const std::vector<std::string>& names, const json::value* value);

    const iothub::Twin& twin_;
    json::object patch_;
};

Outcome<void> DesiredPatch::add(const json::value& operation) {
    const json::object* const object = operation.if_object();
    const auto op = object == nullptr ? Outcome<std::string_view>("") : text_at(*object, "op");
    const auto path = object == nullptr ? Outcome<std::string_view>("") : text_at(*object, "path");
    const auto names = path ? read_pointer(*path) : std::nullopt;
    if (!op || !names) {
        return invalid("An operation has an op and a path such as /component/property");
    }
    const json::value* const value = object->if_contains("value");
    const bool removes = *op == "remove";
    if (!removes && ((*op != "add" && *op != "replace") || value == nullptr)) {
        return invalid("An operation is add or replace with a value, or remove");
    }
    set(*names, removes ? nullptr : value);
    return {};
}

void DesiredPatch::set(const std::vector<std::string>& names, const json::value* value) {
    const json::object& desired = twin_.desired().values();
    json::object* place = &patch_;
    const json::value* there = desired.if_contains(names.front());
    for (std::size_t at = 0; at + 1 < names.size(); ++at) {
        json::value& inner = (*place)[names[at]];
        place = inner.is_object() ? &inner.get_object() : &inner.emplace_object();
        there = member(there, names[at + 1]);
    }
    json::value& last = (*place)[names.back()];
    last = value == nullptr ? json::value(nullptr) : replacement(there, *value);
    json::object* const component = patch_.at(names.front()).if_object();
    if (component == nullptr) {
        return;
    }
    const bool is_new = component->erase(kMetadata) > 0;
    if (is_new || is_component(desired, names.front()) ||
        is_component(twin_.reported().values(), names.front())) {
        (*component)[kComponentMark] = kComponent;
    }
}

Outcome<json::object> read_patch(std::string_view text, const iothub::Twin& twin) {
    json::error_code error;
    const json::value operations = json::parse(text, error);
    if (error || !operations.is_array()) {
        return invalid("The body must be a JSON Patch: an array of operations");
    }
    DesiredPatch patch(twin);
    for (const json::value& operation : operations.get_array()) {
        if (auto added = patch.add(operation); !added) {
            return tl::unexpected(added.error());
        }
    }
    return patch.take();
}

// A number of the query, as a member that read_method_request() checks.
void take_seconds(const RestRequest& request, std::string_view key, json::object& body) {
    if (const auto text = request.parameter(key)) {
        std::int64_t seconds = -1;
        const char* const end = text->data() + text->size();
        const auto [rest, error] = std::from_chars(text->data(), end, seconds);
        body[key] = error == std::errc{} && rest == end ? seconds : -1;
    }
}

// `/digitaltwins/{d}/commands/{c}` or `/digitaltwins/{d}/components/{component}/commands/{c}`.
std::string method_of(const std::vector<std::string>& path) {
    constexpr std::size_t kComponentPlace = 3;
    constexpr std::size_t kWithComponent = 6;
    return path.size() == kWithComponent ? path[kComponentPlace] + "*" + path.back() : path.back();
}

Outcome<MethodRequest> read_command(const RestRequest& request) {
    json::object body{{"methodName", method_of(request.segments)}};
    if (!request.body.empty()) {
        json::error_code error;
        json::value payload = json::parse(request.body, error);
        if (error) {
            return invalid("The body is not JSON: " + error.message());
        }
        body["payload"] = std::move(payload);
    }
    take_seconds(request, "connectTimeoutInSeconds", body);
    take_seconds(request, "responseTimeoutInSeconds", body);
    return read_method_request(body);
}

net::HttpResponse command_answer(MethodAnswer answer) {
    net::HttpResponse response = json_response(200, answer.payload);
    response.headers.emplace_back("x-ms-command-statuscode", std::to_string(answer.status));
    return response;
}

}  // namespace

Outcome<net::HttpResponse> get_digital_twin(Shard& shard, const RestRequest& request) {
    const auto identity = shard.registry.require(request.name);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    json::object view = (*identity)->twin.reported().values();
    view["$dtId"] = request.name.device_id;
    view[kMetadata] = json::object{{"$model", (*identity)->record.model_id}};
    ++shard.twin_counts.reads;
    net::HttpResponse response = json_response(200, view);
    response.headers.emplace_back("ETag", fmt::format("\"{}\"", (*identity)->twin.etag()));
    shard.common.quota.count_rest(QuotaKind::kTwinReads, response.body.size(), request.now.wall);
    return response;
}

Outcome<net::HttpResponse> patch_digital_twin(Shard& shard, const RestRequest& request) {
    const auto identity = shard.registry.require(request.name);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    auto desired = read_patch(request.body, (*identity)->twin);
    const auto done =
        desired ? shard.twins.patch(
                      **identity,
                      json::object{{"properties", json::object{{"desired", *std::move(desired)}}}},
                      request.if_match(), request.now)
                : Outcome<void>(tl::unexpected(desired.error()));
    ++(done ? shard.twin_counts.updates : shard.twin_counts.refused);
    if (!done) {
        return tl::unexpected(done.error());
    }
    net::HttpResponse response = empty_response(202);
    response.headers.emplace_back("ETag", fmt::format("\"{}\"", (*identity)->twin.etag()));
    response.headers.emplace_back(
        "Location", fmt::format("https://{}{}", shard.common.options.host_name, request.path));
    return response;
}

void invoke_command(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    auto request = read_command(exchange->request());
    if (!request) {
        exchange->answer(here, tl::unexpected(request.error()), now);
        return;
    }
    call_method(here, exchange, *std::move(request), command_answer, now);
}

}  // namespace twinstorm::hub
