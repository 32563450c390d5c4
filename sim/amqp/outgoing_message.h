// Messages that are sent from here [AMQP-3.2], encoded at the end of a buffer.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "amqp/encoder.h"
#include "amqp/value.h"
#include "twinstorm/amqp/ports.h"
#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/events/event.h"
#include "twinstorm/events/partition.h"

namespace twinstorm::amqp {

// What a reader that asked for runtime metrics learns with each event.
struct RuntimeMetrics {
    events::PartitionInfo info{};
    WallTime retrieved{};
};

void put_event(Buffer& out, const events::Event& event, const RuntimeMetrics* metrics);

// An answer of `$cbs` or `$management`.
struct Answer {
    Value correlation_id{};  // The request's message id.
    int status = 200;
    std::string description{};
    std::string_view error_condition{};        // Empty for success.
    std::function<void(Encoder&)> put_body{};  // Nothing: no body.
};
void put_answer(Buffer& out, const Answer& answer);

void put_feedback(Buffer& out, const FeedbackBatch& batch, std::string_view hub_name);
void put_file_notification(Buffer& out, const FileNotification& file);

}  // namespace twinstorm::amqp
