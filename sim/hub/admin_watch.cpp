#include "hub/admin_watch.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "hub/json_fields.h"
#include "hub/limits.h"
#include "hub/shards.h"
#include "twinstorm/iothub/percent.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;

using Names = std::vector<iothub::IdentityName>;

constexpr std::size_t kPageIdentities = 100;  // When the client names no number.

std::optional<iothub::IdentityName> read_name(const json::value& item) {
    const json::array* const pair = item.if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() ||
        !(*pair)[1].is_string()) {
        return std::nullopt;
    }
    iothub::IdentityName name{std::string((*pair)[0].get_string()),
                              std::string((*pair)[1].get_string())};
    const bool valid = iothub::is_valid_id(name.device_id) &&
                       (!name.is_module() || iothub::is_valid_id(name.module_id));
    return valid ? std::optional(std::move(name)) : std::nullopt;
}

Outcome<Names> read_names(std::string_view body) {
    const auto document = parse_object(body);
    if (!document) {
        return tl::unexpected<iothub::ServiceError>(document.error());
    }
    const json::array* const items = array_at(*document, "identities");
    if (items == nullptr) {
        return refuse(iothub::ServiceErrorCode::kArgumentInvalid,
                      "identities: expected a list of [deviceId, moduleId]");
    }
    Names names;
    for (std::size_t i = 0; i < items->size(); ++i) {
        auto name = read_name((*items)[i]);
        if (!name) {
            return refuse(iothub::ServiceErrorCode::kArgumentInvalid,
                          fmt::format("identities[{}]: expected [deviceId, moduleId], the latter "
                                      "empty for the device itself",
                                      i));
        }
        names.push_back(*std::move(name));
    }
    return names;
}

struct Watched {
    WallTime since{};
    std::size_t watched = 0;
    std::size_t refused = 0;
};

// Each shard takes what is its own.
Watched watch(Shard& shard, const Names& names) {
    Watched result;
    for (const iothub::IdentityName& name : names) {
        if (shard.common.shard_of(name.device_id) == shard.index) {
            result.refused += shard.watch.watch(name) ? 0 : 1;
        }
    }
    result.since = shard.watch.since();
    result.watched = shard.watch.rows().size();
    return result;
}

json::object document(const std::vector<Watched>& shards) {
    Watched sum;
    for (const Watched& one : shards) {
        sum.watched += one.watched;
        sum.refused += one.refused;
    }
    return {{"since", iothub::format_instant(shards.front().since)},
            {"watched", sum.watched},
            {"refused", sum.refused}};
}

enum class Others : std::uint8_t { kKept, kForgotten };

void take_names(Shard& here, const ExchangePointer& exchange, Others others, TimePoint now) {
    auto names = read_names(exchange->request().body);
    if (!names) {
        exchange->answer(here, json_response(400, json::object{{"error", names.error().text}}),
                         now);
        return;
    }
    const WallTime since = here.instant(now).wall;  // The same for all shards.
    here.all.gather<Watched>(
        here, now,
        // Shared by all shards, which only read it.
        [names = std::make_shared<const Names>(*std::move(names)), others, since](Shard& shard,
                                                                                  Instant) {
            if (others == Others::kForgotten) {
                shard.watch.clear(since);
            }
            return watch(shard, *names);
        },
        [&here, exchange](const std::vector<Watched>& shards, TimePoint then) {
            exchange->answer(here, json_response(200, document(shards)), then);
        });
}

struct Page {
    iothub::IdentityName after;
    std::size_t top = kPageIdentities;
};

// `{d}/{m}`, as a client id; ids hold no `/`.
Page read_page(const RestRequest& request) {
    Page page;
    const auto text = request.parameter("after");
    if (const auto after = iothub::percent_decode(text.value_or(""))) {
        const std::size_t slash = std::min(after->find('/'), after->size());
        page.after = {after->substr(0, slash),
                      slash < after->size() ? after->substr(slash + 1) : std::string()};
    }
    if (const auto top = request.parameter("top")) {
        std::size_t count = 0;
        std::from_chars(top->data(), top->data() + top->size(), count);
        page.top = std::clamp<std::size_t>(count, 1, kWatchPageIdentitiesMax);
    }
    return page;
}

// A row as it is shown, and about how long that is as text.
struct Shown {
    iothub::IdentityName name;
    json::object row;
    std::size_t bytes = 0;
};

json::object view(const SecurityWatch& watch, const SecurityWatch::Message& message) {
    json::object events;
    for (const SecurityWatch::Events& counted : message.events) {
        events[watch.name(counted)] = counted.count;
    }
    return {{"id", message.id},
            {"at", iothub::format_instant(message.at)},
            {"received", message.received},
            {"verdict", defender::name(message.verdict)},
            {"events", std::move(events)}};
}

Shown view(const SecurityWatch& watch, const iothub::IdentityName& name,
           const SecurityWatch::Row& row) {
    constexpr std::size_t kRowBytes = 128;
    constexpr std::size_t kMessageBytes = 96;
    constexpr std::size_t kEventBytes = 24;
    Shown shown{name, {}, kRowBytes + name.device_id.size() + name.module_id.size()};
    json::array messages;
    for (const SecurityWatch::Message& message : row.messages) {
        messages.emplace_back(view(watch, message));
        shown.bytes += kMessageBytes + message.id.size() + message.events.size() * kEventBytes;
    }
    shown.row = {{"deviceId", name.device_id},
                 {"moduleId", name.module_id},
                 {"received", row.received},
                 {"forgotten", row.forgotten},
                 {"messages", std::move(messages)}};
    return shown;
}

// What one shard has for a page; one row too many, so that the last page is known for what it is.
struct ShardRows {
    WallTime since{};
    std::vector<Shown> rows;
};

ShardRows rows_of(const SecurityWatch& watch, const Page& page) {
    ShardRows result{watch.since(), {}};
    std::size_t bytes = 0;
    for (auto row = watch.rows().upper_bound(page.after);
         row != watch.rows().end() && result.rows.size() <= page.top && bytes <= kWatchPageBytesMax;
         ++row) {
        result.rows.push_back(view(watch, row->first, row->second));
        bytes += result.rows.back().bytes;
    }
    return result;
}

json::object document(std::vector<ShardRows> shards, const Page& page) {
    std::vector<Shown> rows;
    for (ShardRows& shard : shards) {
        std::ranges::move(shard.rows, std::back_inserter(rows));
    }
    std::ranges::sort(rows, {}, &Shown::name);
    json::array identities;
    json::value next;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        bytes += rows[i].bytes;
        if (i > 0 && (i == page.top || bytes > kWatchPageBytesMax)) {
            next = rows[i - 1].name.client_id();
            break;
        }
        identities.emplace_back(std::move(rows[i].row));
    }
    return {{"since", iothub::format_instant(shards.front().since)},
            {"identities", std::move(identities)},
            {"next", std::move(next)}};
}

}  // namespace

void set_security_watch(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    take_names(here, exchange, Others::kForgotten, now);
}

void extend_security_watch(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    take_names(here, exchange, Others::kKept, now);
}

void show_security_watch(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    const Page page = read_page(exchange->request());
    here.all.gather<ShardRows>(
        here, now, [page](Shard& shard, Instant) { return rows_of(shard.watch, page); },
        [&here, exchange, page](std::vector<ShardRows> shards, TimePoint then) {
            exchange->answer(here, json_response(200, document(std::move(shards), page)), then);
        });
}

void clear_security_watch(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    here.all.gather<bool>(
        here, now,
        [](Shard& shard, Instant then) {
            shard.watch.clear(then.wall);
            return true;
        },
        [&here, exchange](const std::vector<bool>&, TimePoint then) {
            exchange->answer(here, empty_response(204), then);
        });
}

}  // namespace twinstorm::hub
