#include "amqp/outgoing_message.h"

#include <optional>
#include <variant>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "twinstorm/iothub/service_error.h"

namespace twinstorm::amqp {

namespace {

enum Section : std::uint8_t {
    kDeliveryAnnotations = 0x71,
    kMessageAnnotations = 0x72,
    kProperties = 0x73,
    kApplicationProperties = 0x74,
    kData = 0x75,
    kAmqpValue = 0x77,
};

void put_optional(Encoder& encoder, const std::optional<std::string>& text) {
    text ? encoder.string(*text) : encoder.null();
}

void put_optional_symbol(Encoder& encoder, const std::optional<std::string>& text) {
    text ? encoder.symbol(*text) : encoder.null();
}

// [AMQP-3.2.4]: message-id, user-id, to, subject, reply-to, correlation-id, content-type,
// content-encoding, absolute-expiry-time.
void put_properties(Encoder& encoder, const events::Properties& properties) {
    encoder.descriptor(kProperties);
    encoder.begin_list();
    put_optional(encoder, properties.message_id);
    properties.user_id ? encoder.binary(*properties.user_id) : encoder.null();
    put_optional(encoder, properties.to);
    encoder.null();
    encoder.null();
    put_optional(encoder, properties.correlation_id);
    put_optional_symbol(encoder, properties.content_type);
    put_optional_symbol(encoder, properties.content_encoding);
    properties.expiry ? encoder.timestamp(*properties.expiry) : encoder.null();
    encoder.end();
}

void put_metrics(Encoder& encoder, const RuntimeMetrics& metrics) {
    encoder.descriptor(kDeliveryAnnotations);
    encoder.begin_map();
    encoder.symbol("last_enqueued_sequence_number");
    encoder.int64(metrics.info.last_sequence_number);
    encoder.symbol("last_enqueued_offset");
    encoder.string(std::to_string(metrics.info.last_offset));
    encoder.symbol("last_enqueued_time_utc");
    encoder.timestamp(metrics.info.last_enqueued);
    encoder.symbol("runtime_info_retrieval_time_utc");
    encoder.timestamp(metrics.retrieved);
    encoder.end();
}

struct PutAnnotation {
    Encoder& encoder;
    void operator()(const std::string& text) const { encoder.string(text); }
    void operator()(std::int64_t number) const { encoder.int64(number); }
    void operator()(WallTime instant) const { encoder.timestamp(instant); }
};

// A message id may be a string, a number, a uuid or bytes [AMQP-3.2.4]; it goes back as it came.
void put_message_id(Encoder& encoder, const Value& id) {
    switch (id.kind) {
        case Value::Kind::kString:
            encoder.string(id.text);
            break;
        case Value::Kind::kBinary:
            encoder.binary(id.text);
            break;
        case Value::Kind::kUuid:
            encoder.uuid(id.text);
            break;
        case Value::Kind::kUnsigned:
            encoder.uint64(id.unsigned_number());
            break;
        default:
            encoder.null();
            break;
    }
}

[[nodiscard]] std::string_view name(DeliveryStatus status) {
    switch (status) {
        case DeliveryStatus::kSuccess:
            return "Success";
        case DeliveryStatus::kExpired:
            return "Expired";
        case DeliveryStatus::kDeliveryCountExceeded:
            return "DeliveryCountExceeded";
        case DeliveryStatus::kRejected:
            return "Rejected";
        case DeliveryStatus::kPurged:
            return "Purged";
    }
    return "Success";
}

void put_notice(Buffer& out, WallTime enqueued, const events::Properties& properties,
                const boost::json::value& body) {
    Encoder encoder(out);
    encoder.descriptor(kMessageAnnotations);
    encoder.begin_map();
    encoder.symbol("iothub-enqueuedtime");
    encoder.timestamp(enqueued);
    encoder.end();
    put_properties(encoder, properties);
    encoder.descriptor(kData);
    encoder.binary(boost::json::serialize(body));
}

}  // namespace

void put_event(Buffer& out, const events::Event& event, const RuntimeMetrics* metrics) {
    Encoder encoder(out);
    if (metrics != nullptr) {
        put_metrics(encoder, *metrics);
    }
    encoder.descriptor(kMessageAnnotations);
    encoder.begin_map();
    for (const events::Annotation& annotation : event.annotations) {
        encoder.symbol(annotation.name);
        std::visit(PutAnnotation{encoder}, annotation.value);
    }
    encoder.end();
    put_properties(encoder, event.properties);
    if (!event.application.empty()) {
        encoder.descriptor(kApplicationProperties);
        encoder.begin_map();
        for (const iothub::Property& property : event.application) {
            encoder.string(property.key);
            put_optional(encoder, property.value);
        }
        encoder.end();
    }
    encoder.descriptor(kData);
    encoder.binary(event.body);
}

void put_answer(Buffer& out, const Answer& answer) {
    Encoder encoder(out);
    encoder.descriptor(kProperties);
    encoder.begin_list();
    for (int unused = 0; unused < 5; ++unused) {
        encoder.null();
    }
    put_message_id(encoder, answer.correlation_id);
    encoder.end();
    encoder.descriptor(kApplicationProperties);
    encoder.begin_map();
    encoder.string("status-code");
    encoder.int32(answer.status);
    encoder.string("status-description");
    encoder.string(answer.description);
    if (!answer.error_condition.empty()) {
        encoder.string("error-condition");
        encoder.symbol(answer.error_condition);
    }
    encoder.end();
    encoder.descriptor(kAmqpValue);
    answer.put_body ? answer.put_body(encoder) : encoder.null();
}

void put_feedback(Buffer& out, const FeedbackBatch& batch, std::string_view hub_name) {
    boost::json::array records;
    for (const FeedbackRecord& record : batch.records) {
        const std::string_view status = name(record.status);
        records.push_back(
            boost::json::object{{"originalMessageId", record.original_message_id},
                                {"enqueuedTimeUtc", iothub::format_instant(record.enqueued)},
                                {"statusCode", status},
                                {"description", status},
                                {"deviceId", record.device_id},
                                {"deviceGenerationId", record.device_generation_id}});
    }
    put_notice(out, batch.enqueued,
               {.user_id = std::string(hub_name),
                .content_type = "application/vnd.microsoft.iothub.feedback.json"},
               records);
}

void put_file_notification(Buffer& out, const FileNotification& file) {
    put_notice(out, file.enqueued,
               {.content_type = "application/vnd.microsoft.iothub.filenotification.json"},
               boost::json::object{{"deviceId", file.device_id},
                                   {"blobUri", file.blob_uri},
                                   {"blobName", file.blob_name},
                                   {"lastUpdatedTime", iothub::format_instant(file.last_updated)},
                                   {"blobSizeInBytes", file.bytes},
                                   {"enqueuedTimeUtc", iothub::format_instant(file.enqueued)}});
}

}  // namespace twinstorm::amqp
