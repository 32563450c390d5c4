#include "hub/rest_configurations.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "hub/configuration_document.h"
#include "hub/json_fields.h"
#include "hub/limits.h"
#include "hub/shards.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;
using ResultsById = std::map<std::string, ConfigurationResults>;

constexpr std::size_t kIdPlace = 1;  // /configurations/{id}

std::string_view id_of(const ExchangePointer& exchange) {
    return exchange->request().segments[kIdPlace];
}

// All shards' counts of these configurations, then the answer that is made of them.
void answer_with_results(Shard& front, const ExchangePointer& exchange,
                         const std::function<net::HttpResponse(const ResultsById& results)>& make,
                         TimePoint now) {
    front.all.gather<ResultsById>(
        front, now, [](Shard& shard, Instant) { return shard.configurations.results(); },
        [&front, exchange, make](const std::vector<ResultsById>& shards, TimePoint then) {
            ResultsById sums;
            for (const ResultsById& shard : shards) {
                for (const auto& [id, results] : shard) {
                    sums[id] += results;
                }
            }
            exchange->answer(front, make(sums), then);
        });
}

json::object view_of(const Configuration& configuration, const ResultsById& results) {
    const auto known = results.find(configuration.id);
    return configuration_view(configuration,
                              known == results.end() ? ConfigurationResults{} : known->second);
}

void answer_one(Shard& front, const ExchangePointer& exchange, unsigned status,
                const Outcome<ConfigurationPointer>& configuration, TimePoint now) {
    if (!configuration) {
        exchange->answer(front, tl::unexpected(configuration.error()), now);
        return;
    }
    answer_with_results(
        front, exchange,
        [status, pointer = *configuration](const ResultsById& results) {
            return json_response(status, view_of(*pointer, results));
        },
        now);
}

Outcome<std::size_t> requested_count(const RestRequest& request) {
    const auto top = request.parameter("top");
    if (!top) {
        return std::string_view::npos;
    }
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(top->data(), top->data() + top->size(), count);
    if (error != std::errc{} || end != top->data() + top->size() || count == 0) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "top must be a positive number");
    }
    return count;
}

Outcome<json::object> read_body(const RestRequest& request) {
    if (request.body.size() > kConfigurationBytesMax) {
        return refuse(ServiceErrorCode::kArgumentInvalid,
                      fmt::format("A configuration has at most {} bytes", kConfigurationBytesMax));
    }
    return parse_object(request.body);
}

}  // namespace

void list_configurations(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    const auto count = requested_count(exchange->request());
    if (!count) {
        exchange->answer(here, tl::unexpected(count.error()), now);
        return;
    }
    here.all.on(here.all.front(), here, now,
                [exchange, max = *count](Shard& front, TimePoint then) {
                    std::vector<ConfigurationPointer> list;
                    for (const auto& [id, configuration] : front.configuration_store.all()) {
                        if (list.size() < max) {
                            list.push_back(configuration);
                        }
                    }
                    answer_with_results(
                        front, exchange,
                        [list = std::move(list)](const ResultsById& results) {
                            json::array views;
                            for (const ConfigurationPointer& configuration : list) {
                                views.push_back(view_of(*configuration, results));
                            }
                            return json_response(200, views);
                        },
                        then);
                });
}

void get_configuration(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    here.all.on(here.all.front(), here, now, [exchange](Shard& front, TimePoint then) {
        answer_one(front, exchange, 200, front.configuration_store.require(id_of(exchange)), then);
    });
}

void put_configuration(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    const auto body = read_body(exchange->request());
    auto read = body ? read_configuration(id_of(exchange), *body)
                     : Outcome<Configuration>(tl::unexpected(body.error()));
    if (!read) {
        exchange->answer(here, tl::unexpected(read.error()), now);
        return;
    }
    here.all.on(here.all.front(), here, now,
                [exchange, configuration = *std::move(read)](Shard& front, TimePoint then) {
                    ConfigurationStore& store = front.configuration_store;
                    const std::string_view if_match = exchange->request().if_match();
                    const Instant at = front.instant(then);
                    const bool creates = if_match.empty();
                    answer_one(front, exchange, creates ? 201 : 200,
                               creates ? store.create(configuration, at)
                                       : store.update(configuration, if_match, at),
                               then);
                });
}

void delete_configuration(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    here.all.on(here.all.front(), here, now, [exchange](Shard& front, TimePoint then) {
        const auto removed = front.configuration_store.remove(
            id_of(exchange), exchange->request().if_match(), front.instant(then));
        exchange->answer(front,
                         removed ? Outcome<net::HttpResponse>(empty_response(204))
                                 : tl::unexpected(removed.error()),
                         then);
    });
}

void test_configuration_queries(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    const auto body = read_body(exchange->request());
    const auto judged =
        body ? test_queries(*body) : Outcome<json::object>(tl::unexpected(body.error()));
    exchange->answer(here,
                     judged ? Outcome<net::HttpResponse>(json_response(200, *judged))
                            : tl::unexpected(judged.error()),
                     now);
}

Outcome<net::HttpResponse> apply_configuration_content(Shard& shard, const RestRequest& request) {
    const auto device = shard.registry.require({request.name.device_id, {}});
    if (!device) {
        return tl::unexpected(device.error());
    }
    const auto body = read_body(request);
    const auto content =
        body ? read_content(*body) : Outcome<ConfigurationContent>(tl::unexpected(body.error()));
    if (!content) {
        return tl::unexpected(content.error());
    }
    if (content->kind == ConfigurationContent::Kind::kModule) {
        return refuse(ServiceErrorCode::kInvalidConfigurationContent,
                      "A device takes deviceContent or modulesContent");
    }
    const auto applied = shard.configurations.apply_once(**device, *content, request.now);
    if (!applied) {
        return tl::unexpected(applied.error());
    }
    return empty_response(204);
}

}  // namespace twinstorm::hub
