#include "amqp/requests.h"

#include <charconv>
#include <utility>

#include "amqp/limits.h"

namespace twinstorm::amqp {

namespace {

constexpr std::string_view kSasTokenType = "servicebus.windows.net:sastoken";
constexpr std::string_view kHubType = "com.microsoft:eventhub";
constexpr std::string_view kPartitionType = "com.microsoft:partition";

[[nodiscard]] Answer answer_to(const Message& request, int status, std::string description) {
    return {.correlation_id = request.message_id(),
            .status = status,
            .description = std::move(description)};
}

// Clients of the hub want exactly 200; the endpoint's own service says 202 [10.4, 10.6].
[[nodiscard]] int status_for(std::string_view audience) {
    return audience.find("://") == std::string_view::npos ? 200 : 202;
}

[[nodiscard]] int partition_number(std::string_view text, int count) {
    int number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool good = error == std::errc{} && end == text.data() + text.size() && number < count;
    return good ? number : -1;
}

void put_hub(Encoder& encoder, const std::string& entity, WallTime created, int partitions) {
    std::vector<std::string> ids;
    for (int i = 0; i < partitions; ++i) {
        ids.push_back(std::to_string(i));
    }
    encoder.begin_map();
    encoder.string("name");
    encoder.string(entity);
    encoder.string("type");
    encoder.string(kHubType);
    encoder.string("created_at");
    encoder.timestamp(created);
    encoder.string("partition_count");
    encoder.int32(partitions);
    encoder.string("partition_ids");
    encoder.string_array({ids.begin(), ids.end()});
    encoder.end();
}

void put_partition(Encoder& encoder, const std::string& entity, int partition,
                   const events::PartitionInfo& info) {
    encoder.begin_map();
    encoder.string("name");
    encoder.string(entity);
    encoder.string("type");
    encoder.string(kPartitionType);
    encoder.string("partition");
    encoder.string(std::to_string(partition));
    encoder.string("begin_sequence_number");
    encoder.int64(info.begin_sequence_number);
    encoder.string("last_enqueued_sequence_number");
    encoder.int64(info.last_sequence_number);
    encoder.string("last_enqueued_offset");
    encoder.string(std::to_string(info.last_offset));
    encoder.string("last_enqueued_time_utc");
    encoder.timestamp(info.last_enqueued);
    encoder.string("is_partition_empty");
    encoder.boolean(info.empty);
    encoder.end();
}

}  // namespace

Requests::Requests(Service::Shared& shared, Poke poke, Grants& grants)
    : shared_(&shared),
      poke_(std::move(poke)),
      grants_(&grants),
      // Callbacks hold it weakly.
      later_(std::make_shared<Later>()) {}

void Requests::put(Node node, const Message& request, WallTime /*now*/) {
    const std::string operation = request.application.at("operation").to_text();
    const std::string_view expected = node == Node::kCbs ? "put-token" : "READ";
    if (operation != expected) {
        refuse(node, request, 400, condition::kNotAllowed,
               "the operation '" + operation.substr(0, 64) + "' is not known");
    } else if (node == Node::kCbs) {
        put_token(request);
    } else {
        read_node(request);
    }
}

std::vector<Reply> Requests::take(WallTime now) {
    for (Token& token : std::exchange(later_->tokens, {})) {
        Answer& answer = token.answer;
        if (!token.expiry) {
            answer.status = 401;
            answer.description = token.expiry.error().message();
            answer.error_condition = condition::kUnauthorizedAccess;
            ++shared_->counts.refused_tokens;
        } else if (!grants_->add(token.audience, *token.expiry, now)) {
            answer.status = 403;
            answer.description = "IotHubMaxCbsTokenExceeded";
            answer.error_condition = condition::kResourceLimitExceeded;
        } else {
            answer.status = status_for(token.audience);
            answer.description = answer.status == 200 ? "OK" : "Accepted";
        }
        this->answer(std::move(token.reply), answer);
    }
    return std::exchange(later_->replies, {});
}

void Requests::put_token(const Message& request) {
    const std::string type = request.application.at("type").to_text();
    const std::string audience = request.application.at("name").to_text();
    if (type != kSasTokenType) {
        // Entra's tokens need Entra to check them.
        const bool is_jwt = type == "jwt";
        refuse(Node::kCbs, request, is_jwt ? 401 : 400, condition::kUnauthorizedAccess,
               "tokens of type '" + type.substr(0, 64) + "' are not known");
        return;
    }
    if (audience.empty() || request.body.empty()) {
        refuse(Node::kCbs, request, 400, condition::kInvalidField,
               "put-token needs a name and a token");
        return;
    }
    const std::weak_ptr<Later> weak = later_;
    Reply reply{.node = Node::kCbs, .reply_to = request.reply_to(), .message = {}};
    shared_->ports.authorizer.check_token(
        request.body, audience,
        [weak, audience, reply, answer = answer_to(request, 0, {}),
         wake = poke_](Result<WallTime> expiry) {
            if (const auto later = weak.lock()) {
                later->tokens.push_back({audience, reply, answer, std::move(expiry)});
                wake();
            }
        });
}

void Requests::read_node(const Message& request) {
    const std::string type = request.application.at("type").to_text();
    if (request.application.at("name").to_text() != shared_->ports.events.entity_path()) {
        refuse(Node::kManagement, request, 404, condition::kNotFound,
               "The messaging entity could not be found.");
    } else if (type == kHubType) {
        read_hub(request);
    } else if (type == kPartitionType) {
        read_partition(request);
    } else {
        refuse(Node::kManagement, request, 400, condition::kNotAllowed,
               "the type '" + type.substr(0, 64) + "' is not known");
    }
}

void Requests::read_hub(const Message& request) {
    EventSource& events = shared_->ports.events;
    Answer made = answer_to(request, 200, "OK");
    made.put_body = [&events](Encoder& encoder) {
        put_hub(encoder, events.entity_path(), events.created_at(), events.partition_count());
    };
    answer({.node = Node::kManagement, .reply_to = request.reply_to(), .message = {}}, made);
}

void Requests::read_partition(const Message& request) {
    EventSource& events = shared_->ports.events;
    const std::string text = request.application.at("partition").to_text();
    const int partition = partition_number(text, events.partition_count());
    if (partition < 0) {
        refuse(Node::kManagement, request, 404, condition::kNotFound,
               "the partition '" + text.substr(0, 64) + "' does not exist");
        return;
    }
    const std::weak_ptr<Later> weak = later_;
    events.info(partition, [weak, partition, entity = events.entity_path(),
                            reply_to = request.reply_to(), made = answer_to(request, 200, "OK"),
                            wake = poke_](const events::PartitionInfo& info) {
        if (const auto later = weak.lock()) {
            Answer whole = made;
            whole.put_body = [&entity, partition, &info](Encoder& encoder) {
                put_partition(encoder, entity, partition, info);
            };
            Reply reply{.node = Node::kManagement, .reply_to = reply_to, .message = {}};
            put_answer(reply.message, whole);
            later->replies.push_back(std::move(reply));
            wake();
        }
    });
}

void Requests::answer(Reply reply, const Answer& answer) {
    put_answer(reply.message, answer);
    later_->replies.push_back(std::move(reply));
}

void Requests::refuse(Node node, const Message& request, int status, std::string_view name,
                      std::string why) {
    Answer made = answer_to(request, status, std::move(why));
    made.error_condition = name;
    answer({.node = node, .reply_to = request.reply_to(), .message = {}}, made);
}

}  // namespace twinstorm::amqp
