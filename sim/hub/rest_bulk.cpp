#include "hub/rest_bulk.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "hub/identity_document.h"
#include "hub/json_fields.h"
#include "hub/limits.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;

enum class Action { kCreate, kUpdate, kCreateOrUpdate, kDelete, kUpdateTwin };

struct Mode {
    std::string_view name;
    Action action;
    bool if_match = false;  // With the item's own etag.
};

constexpr std::array<Mode, 9> kModes{{
    {"create", Action::kCreate},
    {"update", Action::kUpdate},
    {"updateIfMatchETag", Action::kUpdate, true},
    {"createOrUpdate", Action::kCreateOrUpdate},
    {"createOrUpdateIfMatchETag", Action::kCreateOrUpdate, true},
    {"delete", Action::kDelete},
    {"deleteIfMatchETag", Action::kDelete, true},
    {"updateTwin", Action::kUpdateTwin},
    {"updateTwinIfMatchETag", Action::kUpdateTwin, true},
}};
constexpr std::string_view kDefaultMode = "createOrUpdate";

struct Item {
    const json::object& body;
    iothub::IdentityName name;
    std::string_view mode;
    Instant now;
};

const Mode* find_mode(std::string_view name) {
    for (const Mode& mode : kModes) {
        if (mode.name == name) {
            return &mode;
        }
    }
    return nullptr;
}

// Tags and properties of an item; nothing when it has none.
Outcome<void> write_twin(Core& core, Identity& identity, const Item& item,
                         std::string_view if_match) {
    const json::object* properties = object_at(item.body, "properties");
    json::object body;
    if (const json::object* tags = object_at(item.body, "tags")) {
        body["tags"] = *tags;
    }
    if (properties != nullptr && object_at(*properties, "desired") != nullptr) {
        body["properties"] = json::object{{"desired", *object_at(*properties, "desired")}};
    }
    if (!body.empty()) {
        if (auto done = core.twins.patch(identity, body, if_match, item.now); !done) {
            return done;
        }
    }
    const json::object* reported =
        properties == nullptr ? nullptr : object_at(*properties, "reported");
    if (reported != nullptr) {
        if (auto done = core.twins.patch_reported(identity, *reported, item.now); !done) {
            return refuse(done.error());
        }
    }
    return {};
}

Outcome<void> write_identity(Core& core, const Item& item, bool creates,
                             std::string_view if_match) {
    auto write = read_identity_write(item.body);
    if (!write) {
        return tl::unexpected(write.error());
    }
    const auto identity =
        creates ? core.registry.create(item.name, *std::move(write), item.now)
                : core.registry.update(item.name, *std::move(write), if_match, item.now);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    return creates ? write_twin(core, **identity, item, {}) : Outcome<void>{};
}

Outcome<void> update_twin(Core& core, const Item& item, std::string_view if_match) {
    const auto identity = core.registry.require(item.name);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    return write_twin(core, **identity, item, if_match);
}

Outcome<void> run_item(Core& core, const Item& item) {
    const Mode* mode = find_mode(item.mode);
    if (mode == nullptr) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "importMode is unknown");
    }
    const std::string_view etag_key = mode->action == Action::kUpdateTwin ? "twinETag" : "eTag";
    const auto etag = text_at(item.body, etag_key);
    if (!etag || (mode->if_match && etag->empty())) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      fmt::format("{} is missing or no string", etag_key));
    }
    const std::string_view if_match = mode->if_match ? *etag : std::string_view("*");
    switch (mode->action) {
        case Action::kCreate:
            return write_identity(core, item, true, if_match);
        case Action::kUpdate:
            return write_identity(core, item, false, if_match);
        case Action::kCreateOrUpdate:
            return write_identity(core, item, core.registry.find(item.name) == nullptr, if_match);
        case Action::kDelete:
            return core.registry.remove(item.name, if_match, item.now);
        case Action::kUpdateTwin:
            return update_twin(core, item, if_match);
    }
    return {};
}

json::object error_entry(const Item& item, const iothub::ServiceError& error) {
    return {{"deviceId", item.name.device_id},
            {"moduleId", item.name.module_id},
            {"errorCode", iothub::name(error.code)},
            {"errorStatus", error.text},
            {"operation", item.mode}};
}

// What the item is about. An item that cannot even be read is reported under empty ids.
void run_value(Core& core, const json::value& value, Instant now, json::array& errors) {
    static const json::object kNothing;
    const json::object* body = value.if_object();
    Item item{body == nullptr ? kNothing : *body, {}, kDefaultMode, now};
    const auto id = text_at(item.body, "id");
    const auto module_id = text_at(item.body, "moduleId");
    const auto mode = text_at(item.body, "importMode");
    if (!id || id->empty() || !module_id || !mode) {
        errors.push_back(error_entry(item, {ServiceErrorCode::kArgumentInvalid,
                                            "id, moduleId or importMode is missing or no string"}));
        return;
    }
    item.name = {std::string(*id), std::string(*module_id)};
    item.mode = mode->empty() ? kDefaultMode : *mode;
    if (const auto done = run_item(core, item); !done) {
        errors.push_back(error_entry(item, done.error()));
    }
}

}  // namespace

Outcome<net::HttpResponse> run_bulk(Core& core, const RestRequest& request) {
    json::error_code error;
    const json::value body = json::parse(request.body, error);
    if (error || !body.is_array()) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "The body must be a JSON array");
    }
    if (body.get_array().size() > kBulkItemsMax) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      fmt::format("A bulk request holds at most {} items", kBulkItemsMax));
    }
    json::array errors;
    for (const json::value& value : body.get_array()) {
        run_value(core, value, request.now, errors);
    }
    const bool successful = errors.empty();
    return json_response(successful ? 200 : 400, json::object{{"isSuccessful", successful},
                                                              {"errors", std::move(errors)},
                                                              {"warnings", json::array()}});
}

}  // namespace twinstorm::hub
