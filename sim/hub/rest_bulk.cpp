// About 340 lines: one request from its items to its report, which nothing else shares.
#include "hub/rest_bulk.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "hub/identity_document.h"
#include "hub/json_fields.h"
#include "hub/limits.h"
#include "hub/passage.h"
#include "hub/shards.h"

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
    const json::object* body = nullptr;
    iothub::IdentityName name{};
    std::string_view mode = kDefaultMode;
    Instant now{};
};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// SDKs differ in the case: Node's says `UpdateIfMatchETag`.
const Mode* find_mode(std::string_view name) {
    for (const Mode& mode : kModes) {
        if (std::ranges::equal(mode.name, name, {}, lower, lower)) {
            return &mode;
        }
    }
    return nullptr;
}

// Tags and properties of an item; nothing when it has none.
Outcome<void> write_twin(Shard& shard, Identity& identity, const Item& item,
                         std::string_view if_match) {
    const json::object* properties = object_at(*item.body, "properties");
    json::object body;
    if (const json::object* tags = object_at(*item.body, "tags")) {
        body["tags"] = *tags;
    }
    if (properties != nullptr && object_at(*properties, "desired") != nullptr) {
        body["properties"] = json::object{{"desired", *object_at(*properties, "desired")}};
    }
    if (!body.empty()) {
        if (auto done = shard.twins.patch(identity, body, if_match, item.now); !done) {
            return done;
        }
    }
    const json::object* reported =
        properties == nullptr ? nullptr : object_at(*properties, "reported");
    if (reported != nullptr) {
        if (auto done = shard.twins.patch_reported(identity, *reported, item.now); !done) {
            return refuse(done.error());
        }
    }
    return {};
}

// What became of an item that was carried out.
struct Done {
    std::string warning{};  // Why it has no twin; most often empty.
};

// Etags have a number of their own in bulk.
tl::unexpected<iothub::ServiceError> refuse_item(iothub::ServiceError error) {
    if (error.code == ServiceErrorCode::kPreconditionFailed) {
        error.code = ServiceErrorCode::kEtagDoesNotMatch;
    }
    return tl::unexpected(std::move(error));
}

Outcome<Done> as_done(const Outcome<void>& outcome) {
    return outcome ? Outcome<Done>(Done{}) : refuse_item(outcome.error());
}

Outcome<Done> write_identity(Shard& shard, const Item& item, bool creates,
                             std::string_view if_match) {
    auto write = read_identity_write(*item.body);
    if (!write) {
        return tl::unexpected(write.error());
    }
    const auto identity =
        creates ? shard.registry.create(item.name, *std::move(write), item.now)
                : shard.registry.update(item.name, *std::move(write), if_match, item.now);
    if (!identity) {
        return refuse_item(identity.error());
    }
    if (!creates) {
        return Done{};
    }
    Done done;
    if (auto written = write_twin(shard, **identity, item, {}); !written) {
        done.warning = written.error().text;  // The identity stays, as real hubs have it.
    }
    shard.configurations.consider(**identity, item.now);
    return done;
}

Outcome<Done> update_twin(Shard& shard, const Item& item, std::string_view if_match) {
    const auto identity = shard.registry.require(item.name);
    if (!identity) {
        return tl::unexpected(identity.error());
    }
    return as_done(write_twin(shard, **identity, item, if_match));
}

Outcome<Done> run_item(Shard& shard, const Item& item) {
    const Mode* mode = find_mode(item.mode);
    if (mode == nullptr) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "importMode is unknown");
    }
    const std::string_view etag_key = mode->action == Action::kUpdateTwin ? "twinETag" : "eTag";
    auto etag = text_at(*item.body, etag_key);
    if (etag && etag->empty() && etag_key == "eTag") {
        etag = text_at(*item.body, "etag");  // As Node's SDK sends back what it was shown.
    }
    if (!etag || (mode->if_match && etag->empty())) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      fmt::format("{} is missing or no string", etag_key));
    }
    const std::string_view if_match = mode->if_match ? *etag : std::string_view("*");
    switch (mode->action) {
        case Action::kCreate:
            return write_identity(shard, item, true, if_match);
        case Action::kUpdate:
            return write_identity(shard, item, false, if_match);
        case Action::kCreateOrUpdate:
            return write_identity(shard, item, shard.registry.find(item.name) == nullptr, if_match);
        case Action::kDelete:
            return as_done(shard.registry.remove(item.name, if_match, item.now));
        case Action::kUpdateTwin:
            return update_twin(shard, item, if_match);
    }
    return Done{};
}

json::object warning_entry(const Item& item, const std::string& text) {
    return {{"deviceId", item.name.device_id},
            {"moduleId", item.name.module_id},
            {"warningCode", "DeviceRegisteredWithoutTwin"},
            {"warningStatus", text}};
}

json::object error_entry(const Item& item, const iothub::ServiceError& error) {
    return {{"deviceId", item.name.device_id},
            {"moduleId", item.name.module_id},
            {"errorCode", iothub::name(error.code)},
            {"errorStatus", error.text},
            {"operation", item.mode}};
}

// What the item is about. An item that cannot even be read is reported under empty ids.
Outcome<Item> read_item(const json::value& value) {
    const json::object* body = value.if_object();
    if (body == nullptr) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "The item is no JSON object");
    }
    const auto id = text_at(*body, "id");
    const auto module_id = text_at(*body, "moduleId");
    const auto mode = text_at(*body, "importMode");
    if (!id || id->empty() || !module_id || !mode) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      "id, moduleId or importMode is missing or no string");
    }
    return Item{body,
                {std::string(*id), std::string(*module_id)},
                mode->empty() ? kDefaultMode : *mode,
                {}};
}

// A request's items with their errors, by place; each shard runs those of its own devices.
struct Bulk {
    json::array values;
    std::vector<Outcome<Item>> items;
    std::map<std::size_t, Item> duplicates;

    [[nodiscard]] Item named(std::size_t place) const {
        const auto found = duplicates.find(place);
        return found == duplicates.end() ? Item{} : found->second;
    }
};
using Entries = std::vector<std::pair<std::size_t, json::object>>;

struct Report {
    Entries errors;
    Entries warnings;
};

Report run_own_items(Shard& shard, const Bulk& bulk, Instant now) {
    Report report;
    for (std::size_t place = 0; place < bulk.items.size(); ++place) {
        if (!bulk.items[place]) {
            continue;
        }
        Item item = *bulk.items[place];
        if (shard.common.shard_of(item.name.device_id) != shard.index) {
            continue;
        }
        item.now = now;
        if (const auto done = run_item(shard, item); !done) {
            report.errors.emplace_back(place, error_entry(item, done.error()));
        } else if (!done->warning.empty()) {
            report.warnings.emplace_back(place, warning_entry(item, done->warning));
        }
    }
    return report;
}

json::array in_order(Entries entries) {
    std::ranges::sort(entries, {}, &Entries::value_type::first);
    json::array result;
    for (auto& [place, entry] : entries) {
        result.push_back(std::move(entry));
    }
    return result;
}

net::HttpResponse bulk_response(const Bulk& bulk, std::vector<Report> by_shard) {
    Report all;
    for (std::size_t place = 0; place < bulk.items.size(); ++place) {
        if (!bulk.items[place]) {
            all.errors.emplace_back(place,
                                    error_entry(bulk.named(place), bulk.items[place].error()));
        }
    }
    for (Report& report : by_shard) {
        std::ranges::move(report.errors, std::back_inserter(all.errors));
        std::ranges::move(report.warnings, std::back_inserter(all.warnings));
    }
    const bool successful = all.errors.empty();
    return json_response(successful ? 200 : 400,
                         json::object{{"isSuccessful", successful},
                                      {"errors", in_order(std::move(all.errors))},
                                      {"warnings", in_order(std::move(all.warnings))}});
}

// One identity may stand in a request once: which of two comes first nobody says.
void refuse_duplicates(Bulk& bulk) {
    std::set<iothub::IdentityName> seen;
    for (std::size_t place = 0; place < bulk.items.size(); ++place) {
        auto& item = bulk.items[place];
        if (item && !seen.insert(item->name).second) {
            bulk.duplicates.emplace(place, *item);
            item = refuse(ServiceErrorCode::kDeviceDefinedMultipleTimes,
                          fmt::format("{} stands in the request more than once",
                                      bulk.duplicates.at(place).name.client_id()));
        }
    }
}

// The bulk is shared by all shards: see where it is made.
void run_items(Shard& here, const ExchangePointer& exchange, const std::shared_ptr<Bulk>& bulk,
               TimePoint now) {
    here.all.gather<Report>(
        here, now, [bulk](Shard& shard, Instant then) { return run_own_items(shard, *bulk, then); },
        [&here, exchange, bulk](std::vector<Report> reports, TimePoint then) {
            exchange->answer(here, bulk_response(*bulk, std::move(reports)), then);
        });
}

}  // namespace

void run_bulk(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    json::error_code error;
    json::value body = json::parse(exchange->request().body, error);
    if (error || !body.is_array()) {
        exchange->answer(
            here, refuse(ServiceErrorCode::kArgumentInvalid, "The body must be a JSON array"), now);
        return;
    }
    if (body.get_array().size() > kBulkItemsMax) {
        exchange->answer(
            here,
            refuse(ServiceErrorCode::kArgumentInvalid,
                   fmt::format("A bulk request holds at most {} items", kBulkItemsMax)),
            now);
        return;
    }
    // Read by all shards at once and changed by none; it lives until the last has answered.
    const auto bulk = std::make_shared<Bulk>();
    bulk->values = std::move(body.get_array());
    for (const json::value& value : bulk->values) {
        bulk->items.push_back(read_item(value));
    }
    refuse_duplicates(*bulk);
    // Every item counts as one operation of the registry.
    const Toll toll{iothub::OperationClass::kRegistry,
                    static_cast<std::uint32_t>(bulk->items.size()), std::nullopt};
    const Passage passage = pass_service(here, {}, toll, now);
    if (passage.refused) {
        exchange->answer(
            here, refuse(*passage.refused, std::string(iothub::name(*passage.refused))), now);
    } else if (passage.delay > Duration{}) {
        here.agenda.at(now + passage.delay, [&here, exchange, bulk](TimePoint then) {
            run_items(here, exchange, bulk, then);
        });
    } else {
        run_items(here, exchange, bulk, now);
    }
}

}  // namespace twinstorm::hub
