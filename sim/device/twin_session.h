// An identity's view of its twin, a module's or the device's own: GET, desired notices, reported
// patches, versions.
//
// Rules:  GET after each connect; notices up to the version read are dropped; a gap means a missed
//         notice, so GET again. Requests are QoS 0: a lost answer shows only as a time-out.
// Owner:  one device. Units: run time.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "twinstorm/device/profile.h"
#include "twinstorm/iothub/topic.h"
#include "twinstorm/net/message_link.h"
#include "twinstorm/stats/recorder.h"

namespace twinstorm::device {

class TwinSession {
public:
    // What a received message changed.
    enum class News : std::uint8_t {
        kNone,
        kRead,       // The answer to a GET: desired() is the hub's.
        kChanged,    // A notice was merged into desired().
        kConfirmed,  // A report was acknowledged: confirmed_version().
        kFailed,     // The hub refused; it is tried again when the deadline passes.
    };

    explicit TwinSession(stats::Recorder& recorder) : recorder_(recorder) {}

    void get(net::MessageLink& link, TimePoint now);
    // The report answers that version of the desired section.
    void report(net::MessageLink& link, const boost::json::object& patch, std::int64_t version,
                TimePoint now);
    void confirm(std::int64_t version);  // Without a report.
    [[nodiscard]] News receive(const net::Message& message, net::MessageLink& link, TimePoint now);
    void link_lost();
    // Repeats what timed out. Returns true when the report has to be made again by the caller.
    [[nodiscard]] bool advance(net::MessageLink& link, TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

    [[nodiscard]] const boost::json::object& desired() const { return desired_; }
    // The notice that was merged last, after kChanged; once.
    [[nodiscard]] std::optional<boost::json::object> take_changed() {
        return std::exchange(changed_, std::nullopt);
    }
    [[nodiscard]] std::int64_t desired_version() const { return desired_version_; }
    [[nodiscard]] std::int64_t confirmed_version() const { return confirmed_version_; }

private:
    struct Request {
        std::uint64_t id = 0;
        TimePoint sent_at;
        std::int64_t version = 0;  // Of the desired section that a report answers.
    };

    [[nodiscard]] News on_response(const iothub::TwinResponseTopic& topic,
                                   std::span<const std::byte> payload, TimePoint now);
    [[nodiscard]] News on_desired(const iothub::DesiredChangeTopic& topic,
                                  std::span<const std::byte> payload, net::MessageLink& link,
                                  TimePoint now);
    [[nodiscard]] News take_twin(std::span<const std::byte> payload, TimePoint now);
    void publish(net::MessageLink& link, std::string_view topic, std::string_view body,
                 TimePoint now);

    stats::Recorder& recorder_;
    boost::json::object desired_;
    std::optional<boost::json::object> changed_;
    std::int64_t desired_version_ = 0;
    std::optional<std::size_t> read_digest_;  // Of the answer that desired_ still is.
    std::int64_t confirmed_version_ = 0;
    std::int64_t newest_notice_ = 0;  // Of this connection.
    std::uint64_t requests_ = 0;
    std::optional<Request> get_;
    std::vector<Request> reports_;
    std::optional<TimePoint> get_again_at_;  // After a refusal.
    std::optional<TimePoint> report_again_at_;
};

}  // namespace twinstorm::device
