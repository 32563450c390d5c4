#include "hub/rest_cloud_messages.h"

#include <charconv>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "hub/shards.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;

// As the documentation of feedback messages shows it.
json::array records_view(const amqp::FeedbackBatch& batch) {
    json::array records;
    for (const amqp::FeedbackRecord& record : batch.records) {
        records.push_back(json::object{{"originalMessageId", record.original_message_id},
                                       {"enqueuedTimeUtc", iothub::format_instant(record.enqueued)},
                                       {"statusCode", name(record.status)},
                                       {"description", name(record.status)},
                                       {"deviceId", record.device_id},
                                       {"deviceGenerationId", record.device_generation_id}});
    }
    return records;
}

// A token is a number of ours; what is none was never given out.
std::uint64_t read_lock(std::string_view token) {
    constexpr int kHexadecimal = 16;
    std::uint64_t lock = 0;
    const char* const end = token.data() + token.size();
    const auto [rest, error] = std::from_chars(token.data(), end, lock, kHexadecimal);
    return error == std::errc{} && rest == end ? lock : 0;
}

void settle(Shard& here, const ExchangePointer& exchange, amqp::Settlement settlement,
            TimePoint now) {
    constexpr std::size_t kLockPlace = 3;
    const std::uint64_t lock = read_lock(exchange->request().segments[kLockPlace]);
    here.all.on(here.all.front(), here, now,
                [exchange, lock, settlement](Shard& front, TimePoint then) {
                    if (front.feedback.settle(lock, settlement, front.instant(then))) {
                        exchange->answer(front, empty_response(204), then);
                        return;
                    }
                    exchange->answer(front,
                                     refuse(iothub::ServiceErrorCode::kDeviceMessageLockLost,
                                            "The lock of this feedback is not held any more"),
                                     then);
                });
}

}  // namespace

Outcome<net::HttpResponse> purge_messages(Shard& shard, const RestRequest& request) {
    const auto device = shard.registry.require(request.name);
    if (!device) {
        return tl::unexpected(device.error());
    }
    const std::size_t purged = shard.cloud_messages.purge(**device, request.now);
    return json_response(200, json::object{{"totalMessagesPurged", purged},
                                           {"deviceId", request.name.device_id},
                                           {"moduleId", nullptr}});
}

void receive_feedback(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    here.all.on(here.all.front(), here, now, [exchange](Shard& front, TimePoint then) {
        const auto batch = front.feedback.take(front.instant(then));
        if (!batch) {
            exchange->answer(front, empty_response(204), then);
            return;
        }
        net::HttpResponse response = json_response(200, records_view(*batch));
        response.headers = {
            {"Content-Type", "application/vnd.microsoft.iothub.feedback.json; charset=utf-8"},
            {"ETag", fmt::format("\"{:016x}\"", batch->lock)},
            {"iothub-enqueuedtime", iothub::format_instant(batch->enqueued)}};
        exchange->answer(front, std::move(response), then);
    });
}

void complete_feedback(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    const bool rejects = exchange->request().parameter("reject").has_value();
    settle(here, exchange, rejects ? amqp::Settlement::kRejected : amqp::Settlement::kAccepted,
           now);
}

void abandon_feedback(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    settle(here, exchange, amqp::Settlement::kReleased, now);
}

}  // namespace twinstorm::hub
