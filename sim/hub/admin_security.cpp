#include "hub/admin_security.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "hub/limits.h"
#include "hub/shards.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/iothub/percent.h"
#include "twinstorm/iothub/property_bag.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;

struct Wanted {
    std::optional<std::string> device_id;
    std::optional<std::string> module_id;
    std::optional<bool> accepted;
    std::size_t top = kSecurityMessagesShown;

    [[nodiscard]] bool includes(const SecurityMessage& message) const {
        return (!device_id || message.sender.device_id == *device_id) &&
               (!module_id || message.sender.module_id == *module_id) &&
               (!accepted || message.verdict.accepted() == *accepted);
    }
};

std::optional<std::string> decoded(const RestRequest& request, std::string_view key) {
    const auto text = request.parameter(key);
    const auto value = text ? iothub::percent_decode(*text) : Result<std::string>(std::string());
    return text && value ? std::optional(*value) : std::nullopt;
}

Wanted read_wanted(const RestRequest& request) {
    Wanted wanted;
    wanted.device_id = decoded(request, "deviceId");
    wanted.module_id = decoded(request, "moduleId");
    if (const auto verdict = request.parameter("verdict")) {
        wanted.accepted = *verdict == "accepted";
    }
    if (const auto top = request.parameter("top")) {
        std::size_t count = 0;
        std::from_chars(top->data(), top->data() + top->size(), count);
        wanted.top = std::min(count, kSecurityMessagesShown);
    }
    return wanted;
}

bool is_text(std::string_view body) {
    return std::ranges::all_of(body, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte >= 0x20 && byte < 0x7f) || c == '\n' || c == '\t' || c == '\r';
    });
}

json::object view(const SecurityMessage& message) {
    const auto bag = iothub::PropertyBag::parse(message.bag);
    json::object result{
        {"at", iothub::format_instant(message.at)},
        {"deviceId", message.sender.device_id},
        {"moduleId", message.sender.module_id},
        {"messageId", bag ? bag->find(iothub::system_property::kMessageId).value_or("") : ""},
        {"bytes", message.body.size()},
        {"verdict", message.verdict.accepted() ? "accepted" : "ignored"},
        {"reason", defender::name(message.verdict.reason)},
    };
    if (!message.verdict.accepted()) {
        result["why"] = defender::describe(message.verdict.reason);
        result["where"] = message.verdict.where;
        result["detail"] = message.verdict.detail;
    }
    if (is_text(message.body)) {
        result["body"] = message.body;
    } else {
        result["bodyBase64"] = base64_encode(message.body);
    }
    return result;
}

struct ShardMessages {
    SecurityCounts counts;
    std::vector<std::pair<WallTime, json::object>> newest;
};

ShardMessages messages_of(const Shard& shard, const Wanted& wanted) {
    ShardMessages result;
    result.counts = shard.security.counts();
    for (const SecurityMessage* message : shard.security.newest()) {
        if (result.newest.size() == wanted.top) {
            break;
        }
        if (wanted.includes(*message)) {
            result.newest.emplace_back(message->at, view(*message));
        }
    }
    return result;
}

json::object document(std::vector<ShardMessages> shards, std::size_t top, defender::Mode mode) {
    ShardMessages all;
    for (ShardMessages& one : shards) {
        all.counts += one.counts;
        std::ranges::move(one.newest, std::back_inserter(all.newest));
    }
    std::ranges::stable_sort(all.newest, std::greater{}, &std::pair<WallTime, json::object>::first);
    json::array messages;
    for (auto& [at, message] : all.newest) {
        if (messages.size() < top) {
            messages.push_back(std::move(message));
        }
    }
    json::object reasons;
    for (std::size_t i = 1; i < all.counts.by_reason.size(); ++i) {
        if (all.counts.by_reason[i] > 0) {
            reasons[defender::name(static_cast<defender::Reason>(i))] = all.counts.by_reason[i];
        }
    }
    return {{"mode", mode == defender::Mode::kStrict ? "strict" : "as-shipped"},
            {"accepted", all.counts.accepted()},
            {"ignored", all.counts.ignored()},
            {"reasons", std::move(reasons)},
            {"messages", std::move(messages)}};
}

}  // namespace

void show_security_messages(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    const Wanted wanted = read_wanted(exchange->request());
    here.all.gather<ShardMessages>(
        here, now, [wanted](Shard& shard, Instant) { return messages_of(shard, wanted); },
        [&here, exchange, top = wanted.top](std::vector<ShardMessages> shards, TimePoint then) {
            exchange->answer(
                here,
                json_response(200, document(std::move(shards), top, here.common.options.verdicts)),
                then);
        });
}

void forget_security_messages(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    here.all.gather<bool>(
        here, now,
        [](Shard& shard, Instant) {
            shard.security.reset();
            return true;
        },
        [&here, exchange](const std::vector<bool>&, TimePoint then) {
            exchange->answer(here, empty_response(204), then);
        });
}

}  // namespace twinstorm::hub
