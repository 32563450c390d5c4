// What the AMQP endpoint asks of a hub: events, cloud-to-device messages, notices for services, and
// who may what.
//
// Every answer is a callback, called exactly once, at once or later, in the thread of the loop that
// carries the asking conversation. The conversation may be gone by then: its callbacks know.
// Owner: the hub; must outlive the Service.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"
#include "twinstorm/events/event.h"
#include "twinstorm/events/partition.h"
#include "twinstorm/events/watch_list.h"

namespace twinstorm::amqp {

// The built-in endpoint's log, for its consumers.
class EventSource {
public:
    virtual ~EventSource() = default;
    [[nodiscard]] virtual int partition_count() const = 0;
    [[nodiscard]] virtual std::string entity_path() const = 0;  // `iothub-ehub-hub1-1-0123456789`
    [[nodiscard]] virtual WallTime created_at() const = 0;

    // `partition` is always within partition_count().
    using InfoDone = std::function<void(const events::PartitionInfo& info)>;
    virtual void info(int partition, InfoDone done) = 0;
    using ReadDone = std::function<void(events::Batch batch)>;
    virtual void read(int partition, const events::Position& from, const events::ReadLimits& limits,
                      ReadDone done) = 0;
    // Calls once the partition has an event at or after this sequence number; events::WatchList
    // does it. Never called when the watch has ended.
    [[nodiscard]] virtual std::unique_ptr<events::Watch> watch(int partition,
                                                               std::int64_t sequence_number,
                                                               std::function<void()> ready) = 0;
};

// An AMQP error: `amqp:not-found`, and what a person can act on.
struct Condition {
    std::string name{};
    std::string description{};
};

namespace condition {
inline constexpr std::string_view kNotFound = "amqp:not-found";
inline constexpr std::string_view kNotAllowed = "amqp:not-allowed";
inline constexpr std::string_view kUnauthorizedAccess = "amqp:unauthorized-access";
inline constexpr std::string_view kResourceLimitExceeded = "amqp:resource-limit-exceeded";
inline constexpr std::string_view kInvalidField = "amqp:invalid-field";
inline constexpr std::string_view kDecodeError = "amqp:decode-error";
inline constexpr std::string_view kFramingError = "amqp:connection:framing-error";
inline constexpr std::string_view kConnectionForced = "amqp:connection:forced";
inline constexpr std::string_view kLinkStolen = "amqp:link:stolen";
inline constexpr std::string_view kLinkRedirect = "amqp:link:redirect";
inline constexpr std::string_view kDetachForced = "amqp:link:detach-forced";
inline constexpr std::string_view kMessageSizeExceeded = "amqp:link:message-size-exceeded";
inline constexpr std::string_view kTransferLimitExceeded = "amqp:link:transfer-limit-exceeded";
// The service's own, which its SDKs know.
inline constexpr std::string_view kServerBusy = "com.microsoft:server-busy";
inline constexpr std::string_view kTimeout = "com.microsoft:timeout";
inline constexpr std::string_view kArgumentError = "com.microsoft:argument-error";
// What azure-iothub takes for 403004 DeviceMaximumQueueDepthExceeded.
inline constexpr std::string_view kDeviceQueueFull = kResourceLimitExceeded;
}  // namespace condition

enum class AckMode : std::uint8_t { kNone, kPositive, kNegative, kFull };

struct CloudMessage {
    std::string device_id{};  // From `to`; checked to be a valid id, no more.
    events::Properties properties{};
    AckMode ack = AckMode::kNone;
    std::vector<iothub::Property> application{};  // Without `iothub-ack`.
    std::vector<std::byte> body{};
};

enum class DeliveryStatus : std::uint8_t {
    kSuccess,
    kExpired,
    kDeliveryCountExceeded,
    kRejected,
    kPurged,
};

struct FeedbackRecord {
    std::string original_message_id{};
    std::string device_id{};
    std::string device_generation_id{};
    DeliveryStatus status = DeliveryStatus::kSuccess;
    WallTime enqueued{};  // When the outcome was known.
};

struct FeedbackBatch {
    std::uint64_t lock = 0;  // For settle_notice().
    std::vector<FeedbackRecord> records{};
    WallTime enqueued{};
};

// A device has put a file where files are kept.
struct FileNotification {
    std::uint64_t lock = 0;  // For settle_notice().
    std::string device_id{};
    std::string blob_uri{};
    std::string blob_name{};  // `{device}/{name}`
    WallTime last_updated{};
    std::uint64_t bytes = 0;
    WallTime enqueued{};
};

// What waits for whichever service asks for it, each kind in a queue of its own.
enum class NoticeKind : std::uint8_t { kFeedback, kFile };
using Notice = std::variant<FeedbackBatch, FileNotification>;
[[nodiscard]] inline std::uint64_t lock_of(const Notice& notice) {
    return std::visit([](const auto& one) { return one.lock; }, notice);
}

enum class Settlement : std::uint8_t { kAccepted, kRejected, kReleased };

// Cloud-to-device messages, and the notices that the hub has for services.
class Messages {
public:
    virtual ~Messages() = default;

    using SendDone = std::function<void(std::optional<Condition> refusal)>;
    virtual void send(CloudMessage message, SendDone done) = 0;

    // The next one, locked for the asker; none when there is none now.
    using NoticeDone = std::function<void(std::optional<Notice> notice)>;
    virtual void take_notice(NoticeKind kind, NoticeDone done) = 0;
    // kReleased also for notices whose receiver has gone: they go to the next one that asks.
    virtual void settle_notice(NoticeKind kind, std::uint64_t lock, Settlement settlement) = 0;
    // Calls once there is a notice to take.
    [[nodiscard]] virtual std::unique_ptr<events::Watch> watch_notices(
        NoticeKind kind, std::function<void()> ready) = 0;
};

// Who may what. All that is served here needs the right ServiceConnect.
class Authorizer {
public:
    virtual ~Authorizer() = default;

    // Good until then; `error().detail` is shown to the client when it is refused.
    using Done = std::function<void(Result<WallTime> expiry)>;
    // A CBS put-token: the whole text `SharedAccessSignature sr=...`, whose `sr` must cover the
    // audience: `{host}` or `{host}/messages/events` of a hub's client, `sb://{host}[:{port}]/...`
    // of an Event Hubs client. Both may carry a scheme and a port.
    virtual void check_token(std::string_view token, std::string_view audience, Done done) = 0;
    // SASL PLAIN: user `{policy}@sas.root.{hub}` and a token, or `{policy}` and its key.
    virtual void check_password(std::string_view user, std::string_view password, Done done) = 0;
};

}  // namespace twinstorm::amqp
