#include "device/twin_session.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <string>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "twinstorm/iothub/twin.h"

namespace twinstorm::device {
namespace {

constexpr std::chrono::seconds kRetryAfterRefusal{2};
constexpr int kNoContent = 204;
constexpr int kOk = 200;

std::optional<boost::json::object> parse_object(std::span<const std::byte> payload) {
    boost::system::error_code error;
    const boost::json::string_view text(reinterpret_cast<const char*>(payload.data()),
                                        payload.size());
    boost::json::value value = boost::json::parse(text, error);
    if (error || !value.is_object()) {
        return std::nullopt;
    }
    return std::move(value.get_object());
}

// Takes `$version` out of a section, which is then plain values.
std::optional<std::int64_t> take_version(boost::json::object& section) {
    const auto* const version = section.if_contains("$version");
    if (version == nullptr || !version->is_int64()) {
        return std::nullopt;
    }
    const std::int64_t number = version->get_int64();
    section.erase("$version");
    return number;
}

std::optional<TimePoint> earlier(std::optional<TimePoint> a, std::optional<TimePoint> b) {
    if (a && b) {
        return std::min(*a, *b);
    }
    return a ? a : b;
}

}  // namespace

void TwinSession::get(net::MessageLink& link, TimePoint now) {
    get_ = Request{++requests_, now, 0};
    get_again_at_.reset();
    publish(link, iothub::twin_get_topic(std::to_string(requests_)), {}, now);
}

void TwinSession::report(net::MessageLink& link, const boost::json::object& patch,
                         std::int64_t version, TimePoint now) {
    reports_.push_back({++requests_, now, version});
    report_again_at_.reset();
    publish(link, iothub::reported_patch_topic(std::to_string(requests_)),
            boost::json::serialize(patch), now);
}

void TwinSession::confirm(std::int64_t version) {
    confirmed_version_ = std::max(confirmed_version_, version);
}

TwinSession::News TwinSession::receive(const net::Message& message, net::MessageLink& link,
                                       TimePoint now) {
    const auto topic = iothub::parse_notice_topic(message.topic);
    if (!topic) {
        return News::kNone;
    }
    if (const auto* const response = std::get_if<iothub::TwinResponseTopic>(&*topic)) {
        return on_response(*response, message.payload, now);
    }
    return on_desired(std::get<iothub::DesiredChangeTopic>(*topic), message.payload, link, now);
}

void TwinSession::link_lost() {
    get_.reset();
    reports_.clear();
    get_again_at_.reset();
    report_again_at_.reset();
    newest_notice_ = 0;
}

bool TwinSession::advance(net::MessageLink& link, TimePoint now) {
    const bool get_timed_out = get_ && get_->sent_at + kTwinGetTimeout <= now;
    if (get_timed_out || (get_again_at_ && *get_again_at_ <= now)) {
        get(link, now);
    }
    const auto timed_out = [now](const Request& request) {
        return request.sent_at + kTwinReportTimeout <= now;
    };
    const bool report_again = report_again_at_ && *report_again_at_ <= now;
    report_again_at_ = report_again ? std::nullopt : report_again_at_;
    return std::erase_if(reports_, timed_out) > 0 || report_again;
}

std::optional<TimePoint> TwinSession::next_deadline() const {
    std::optional<TimePoint> deadline = earlier(get_again_at_, report_again_at_);
    if (get_) {
        deadline = earlier(deadline, get_->sent_at + kTwinGetTimeout);
    }
    if (!reports_.empty()) {  // The oldest is first.
        deadline = earlier(deadline, reports_.front().sent_at + kTwinReportTimeout);
    }
    return deadline;
}

TwinSession::News TwinSession::on_response(const iothub::TwinResponseTopic& topic,
                                           std::span<const std::byte> payload, TimePoint now) {
    std::uint64_t id = 0;
    const char* const end = topic.request_id.data() + topic.request_id.size();
    if (std::from_chars(topic.request_id.data(), end, id).ptr != end) {
        return News::kNone;
    }
    if (get_ && get_->id == id) {
        recorder_.record(stats::Metric::kTwinGet, get_->sent_at, now);
        get_.reset();
        if (topic.status == kOk) {
            const News news = take_twin(payload, now);
            if (news == News::kRead && desired_version_ < newest_notice_) {
                get_again_at_ = now;  // The answer was made before that notice.
            }
            return news;
        }
        get_again_at_ = now + kRetryAfterRefusal;
        return News::kFailed;
    }
    const auto report = std::ranges::find(reports_, id, &Request::id);
    if (report == reports_.end()) {
        return News::kNone;  // The answer to what we gave up.
    }
    const Request answered = *report;
    reports_.erase(report);
    if (topic.status != kNoContent && topic.status != kOk) {
        report_again_at_ = now + kRetryAfterRefusal;
        return News::kFailed;
    }
    recorder_.record(stats::Metric::kTwinReport, answered.sent_at, now);
    confirmed_version_ = std::max(confirmed_version_, answered.version);
    return News::kConfirmed;
}

TwinSession::News TwinSession::take_twin(std::span<const std::byte> payload, TimePoint now) {
    // Nearly every GET brings what the one before brought: after a renewal nothing has changed.
    const std::size_t digest = std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(payload.data()), payload.size()});
    if (read_digest_ == digest) {
        return News::kRead;
    }
    auto twin = parse_object(payload);
    auto* const desired = twin ? twin->if_contains("desired") : nullptr;
    const auto version = desired != nullptr && desired->is_object()
                             ? take_version(desired->get_object())
                             : std::nullopt;
    if (!version) {
        get_again_at_ = now + kRetryAfterRefusal;
        return News::kFailed;
    }
    desired_ = std::move(desired->get_object());
    desired_version_ = *version;
    read_digest_ = digest;
    return News::kRead;
}

TwinSession::News TwinSession::on_desired(const iothub::DesiredChangeTopic& topic,
                                          std::span<const std::byte> payload,
                                          net::MessageLink& link, TimePoint now) {
    newest_notice_ = std::max(newest_notice_, topic.version);
    if (get_ || topic.version <= desired_version_) {
        return News::kNone;  // Stale, or most likely part of what the GET under way will bring.
    }
    auto patch = parse_object(payload);
    if (!patch || topic.version != desired_version_ + 1) {
        get(link, now);
        return News::kNone;
    }
    static_cast<void>(take_version(*patch));
    iothub::merge_patch(desired_, *patch);
    changed_ = std::move(patch);
    read_digest_.reset();
    desired_version_ = topic.version;
    return News::kChanged;
}

void TwinSession::publish(net::MessageLink& link, std::string_view topic, std::string_view body,
                          TimePoint now) {
    link.publish({topic, std::as_bytes(std::span(body)), 0, false}, now);
}

}  // namespace twinstorm::device
