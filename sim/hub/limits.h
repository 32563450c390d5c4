// Every limit of the mock hub, by name. Sections cited are those of Microsoft's documentation of
// IoT Hub; "ours" marks a bound of this program, there so that no peer can make it grow.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace twinstorm::hub {

// One message: body, system values, application names and values (quotas and throttling).
inline constexpr std::size_t kMessageBytesMax = std::size_t{256} * 1024;
// One MQTT packet: a message, its topic and the headers. Ours.
inline constexpr std::size_t kPacketBytesMax = kMessageBytesMax + 65'535 + 16;

// Subscriptions of one connection at a time (MQTT support).
inline constexpr std::size_t kSubscriptionsMax = 5;

// A client says CONNECT within this time of its connection (MQTT support).
inline constexpr std::chrono::seconds kConnectTimeMax{30};
// The server waits 1.5 x the client's keep-alive [MQTT-3.1.2-24], never longer than 29.45 minutes.
inline constexpr std::chrono::seconds kKeepAliveTimeoutMax{1767};

// Clocks may differ by this much when a token is presented. Ours: the real skew is not published.
inline constexpr std::chrono::seconds kSasClockSkew{60};
// Tokens that outlive this need no timer; it also keeps instants within 64 bits. Ours.
inline constexpr std::chrono::hours kSasTimerMax{24 * 365 * 10};

// A request id is echoed in a topic of its own, which must stay a topic. Ours.
inline constexpr std::size_t kRequestIdBytesMax = 1024;

// What waits for a slow reader before its connection is closed. Ours.
inline constexpr std::size_t kOutgoingBytesMax = std::size_t{1} << 20;

// Connections of one hub, those before CONNECT included. Ours.
inline constexpr std::size_t kConnectionsMax = 250'000;

// Devices and modules of one hub; modules of one device (quotas and throttling).
inline constexpr std::size_t kIdentitiesMax = 1'000'000;
inline constexpr std::size_t kModulesPerDeviceMax = 50;
// Keys and thumbprints that a service may bring along. Ours.
inline constexpr std::size_t kKeyBytesMax = 512;
inline constexpr std::size_t kStatusReasonBytesMax = 128;
inline constexpr std::size_t kScopeBytesMax = 256;
// A model id of Plug and Play (Digital Twins Definition Language).
inline constexpr std::size_t kModelIdBytesMax = 128;

// A direct method: what it may wait for, how large it may be each way (direct methods), and how
// many calls one identity may have under way, those that wait for it included (ours: not
// published).
inline constexpr std::chrono::seconds kMethodResponseTimeMin{5};
inline constexpr std::chrono::seconds kMethodResponseTimeMax{300};
inline constexpr std::chrono::seconds kMethodConnectTimeMax{300};
inline constexpr std::size_t kMethodPayloadBytesMax = std::size_t{128} * 1024;
inline constexpr std::size_t kMethodsInFlightMax = 32;

// Messages that wait for one device, the size of one, and how long it may wait (cloud-to-device
// messages).
inline constexpr std::size_t kCloudQueueMax = 50;
inline constexpr std::size_t kCloudMessageBytesMax = std::size_t{64} * 1024;
inline constexpr std::chrono::hours kCloudTimeToLiveMax{48};
inline constexpr std::size_t kMessageIdCharactersMax = 128;
// Sent and not acknowledged; and no more is written while this much waits to be sent. Ours.
inline constexpr std::size_t kCloudInFlightMax = 16;
inline constexpr std::size_t kCloudOutgoingBytesMax = std::size_t{256} * 1024;
// A topic is a string of MQTT, [MQTT-1.5.3].
inline constexpr std::size_t kTopicBytesMax = 65'535;

// Records of one batch of feedback, and how long the first one waits (cloud-to-device messages);
// batches that wait for a service, after which the oldest goes (ours).
inline constexpr std::size_t kFeedbackBatchMax = 64;
inline constexpr std::chrono::seconds kFeedbackBatchTime{15};
inline constexpr std::size_t kFeedbackBatchesMax = 1000;

// Files that a device may be uploading at a time (quotas and throttling), and how long one may
// take: the life of its token, the default of a new hub (file uploads). A blob's name (naming of
// blobs).
inline constexpr std::size_t kFileUploadsMax = 10;
inline constexpr std::chrono::hours kFileUploadTimeMax{1};
inline constexpr std::size_t kBlobNameBytesMax = 1024;
// Of one blob: its blocks, each at most a body of HTTP (ours: 4 GiB in all; a storage account takes
// 50,000); of a block, its id in base64 (Put Block).
inline constexpr std::size_t kBlobBlocksMax = 1024;
inline constexpr std::size_t kBlockIdBytesMax = 88;
// Notifications that wait for a service, after which the oldest goes. Ours.
inline constexpr std::size_t kFileNotificationsMax = 10'000;

// One page of GET /devices; one bulk request (service REST API).
inline constexpr std::size_t kDeviceListMax = 1000;
inline constexpr std::size_t kBulkItemsMax = 100;

// One page of a query, when the client names no size (the query language) and at most, in rows and
// in bytes; a query's continuation token. Ours, as the published sizes contradict each other.
inline constexpr std::size_t kQueryPageDefault = 100;
inline constexpr std::size_t kQueryPageMax = 1000;
inline constexpr std::size_t kQueryPageBytesMax = std::size_t{2} << 20;
inline constexpr std::size_t kContinuationBytesMax = 2048;

// What a query or job looks at in one turn of a loop: so many twins, of which one that matches
// counts for more, because it is rendered. About a millisecond. Ours.
inline constexpr std::size_t kScanSliceTwins = 512;
inline constexpr std::size_t kScanRowTwins = 7;

// Earlier documents of twins that a shard keeps for a stale index, a few KB each. Ours.
inline constexpr std::size_t kTwinVersionsMax = 100'000;

// Jobs that wait for their time, and how far ahead that may be; how long a job may run when it
// does not say, and at most. Ours.
inline constexpr std::size_t kJobsWaitingMax = 100;
inline constexpr std::chrono::hours kJobStartAheadMax{24 * 365};
inline constexpr std::chrono::hours kJobTimeDefault{1};
inline constexpr std::chrono::hours kJobTimeMax{24 * 30};
// How long an ended job can be looked up (quotas and throttling); how many are kept, and how many
// results of single devices, after which the oldest go (ours).
inline constexpr std::chrono::hours kJobHistoryTime{24 * 30};
inline constexpr std::size_t kJobHistoryMax = 1000;
inline constexpr std::size_t kJobHistoryDevicesMax = 500'000;
// Of one job: devices at work at a time, and begun in one turn of the loop. Ours.
inline constexpr std::size_t kJobInFlightMax = 1000;
inline constexpr std::size_t kJobSliceDevices = 64;
// How long a job waits when the throttle refuses it a device. Ours.
inline constexpr std::chrono::seconds kJobRetryTime{1};

// Configurations: of an id, of the document, and of the custom metrics of one (quotas and
// throttling; the document's size is ours); how often they are evaluated (automatic device
// management), and for how many twins in one turn of a loop (ours).
inline constexpr std::size_t kConfigurationIdBytesMax = 128;
inline constexpr std::size_t kConfigurationBytesMax = std::size_t{256} * 1024;
inline constexpr std::size_t kConfigurationMetricsMax = 5;
inline constexpr std::size_t kConfigurationPathsMax = 100;
inline constexpr std::chrono::minutes kConfigurationPeriod{5};
inline constexpr std::size_t kConfigurationSliceTwins = 64;

// Messages of one device-side HTTPS batch. Ours.
inline constexpr std::size_t kBatchMessagesMax = 500;

// Identities that the ledger counts by themselves; further ones count in its sums only. Ours.
inline constexpr std::size_t kLedgerRowsMax = kIdentitiesMax;

// So much of a security message is kept to be read; so many are shown at a time. Ours.
inline constexpr std::size_t kSecurityBodyBytesKept = std::size_t{64} * 1024;
inline constexpr std::size_t kSecurityMessagesShown = 1000;

// Identities whose security messages a shard keeps for a harness, and of each so many messages, of
// all together so many, about 150 bytes each; names of events; how far back a message is looked for
// that comes again; one page of what was kept. Ours.
inline constexpr std::size_t kWatchedIdentitiesMax = 20'000;
inline constexpr std::size_t kWatchedMessagesMax = 1000;
inline constexpr std::size_t kWatchedMessagesOfAllMax = 1'000'000;
inline constexpr std::size_t kWatchedNamesMax = 256;
inline constexpr std::size_t kWatchedRepeatsWithin = 64;
inline constexpr std::size_t kWatchPageIdentitiesMax = 1000;
inline constexpr std::size_t kWatchPageBytesMax = std::size_t{1} << 20;

// Operations of one connection that a throttle or a fault delays; then it reads no more. Ours.
inline constexpr std::size_t kWaitingOperationsMax = 256;
inline constexpr std::size_t kWaitingBytesMax = std::size_t{1} << 20;

// The journal is written early when a turn fills this much; no line is longer. Ours.
inline constexpr std::size_t kJournalBufferBytesMax = std::size_t{256} * 1024;
inline constexpr std::size_t kJournalLineBytesMax = std::size_t{8} << 20;

// Lines for the operator in one second; the rest is counted. Text of a peer's in a line. Ours.
inline constexpr std::uint32_t kLogLinesPerSecond = 20;
inline constexpr std::size_t kLogTextBytesMax = 160;

}  // namespace twinstorm::hub
