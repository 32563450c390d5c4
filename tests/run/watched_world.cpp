#include "run/watched_world.h"

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include "twinstorm/iothub/topic.h"

namespace twinstorm::run {
namespace {

constexpr int kOk = 200;

// The desired `$version` of the answer to a GET; none when there is none.
std::optional<std::int64_t> desired_version(std::span<const std::byte> payload) {
    boost::json::error_code error;
    const boost::json::string_view text(reinterpret_cast<const char*>(payload.data()),
                                        payload.size());
    const boost::json::value document = boost::json::parse(text, error);
    const auto* const version = document.find_pointer("/desired/$version", error);
    return version == nullptr ? std::nullopt
                              : std::optional(version->to_number<std::int64_t>(error));
}

}  // namespace

void LinkWatch::on_opened(const net::OpenReply& reply, TimePoint now) {
    if (open_) {
        breach("was opened twice", now);
    }
    open_ = reply.return_code == 0;
    user_.on_opened(reply, now);
}

void LinkWatch::on_subscribed(bool granted, TimePoint now) {
    expect_open("was granted a subscription", now);
    user_.on_subscribed(granted, now);
}

void LinkWatch::on_message(const net::Message& message, TimePoint now) {
    expect_open("was sent a message", now);
    const auto topic = iothub::parse_notice_topic(message.topic);
    if (!topic) {
        breach(fmt::format("was sent {}", message.topic), now);
    } else if (const auto* const notice = std::get_if<iothub::DesiredChangeTopic>(&*topic)) {
        if (notice->version <= version_) {
            breach(fmt::format("was told of version {} after {}", notice->version, version_), now);
        }
        see_version(notice->version, "a notice", now);
    } else if (const auto& answer = std::get<iothub::TwinResponseTopic>(*topic);
               answer.status == kOk) {
        see_version(desired_version(message.payload).value_or(0), "a GET", now);
    }
    user_.on_message(message, now);
}

void LinkWatch::on_acknowledged(net::PublishId id, TimePoint now) {
    expect_open("was acknowledged a message", now);
    user_.on_acknowledged(id, now);
}

void LinkWatch::on_sent(TimePoint now) {
    user_.on_sent(now);
}

void LinkWatch::on_closed(const Error& why, TimePoint now) {
    open_ = false;
    user_.on_closed(why, now);
}

void LinkWatch::expect_open(std::string_view what, TimePoint now) {
    if (!open_) {
        breach(fmt::format("{} without a connection", what), now);
    }
}

void LinkWatch::see_version(std::int64_t version, std::string_view where, TimePoint now) {
    if (version < version_) {
        breach(fmt::format("saw version {} in {} after {}", version, where, version_), now);
    }
    version_ = std::max(version_, version);
}

void LinkWatch::breach(std::string_view what, TimePoint now) {
    breaches_.push_back(
        fmt::format("device {} {}, at {:.6f} s", number_, what, to_seconds(now - kRunStart)));
}

CarriedLink WatchedWorld::carry(std::size_t worker, plan::Transport transport, net::LinkUser& user,
                                const net::Destination& destination) {
    watches_.push_back(std::make_unique<LinkWatch>(user, watches_.size()));
    return inside_.carry(worker, transport, *watches_.back(), destination);
}

std::vector<std::string> WatchedWorld::breaches() const {
    std::vector<std::string> all;
    for (const auto& watch : watches_) {
        all.insert(all.end(), watch->breaches().begin(), watch->breaches().end());
    }
    return all;
}

std::vector<std::int64_t> WatchedWorld::versions() const {
    std::vector<std::int64_t> all;
    for (const auto& watch : watches_) {
        all.push_back(watch->version());
    }
    return all;
}

}  // namespace twinstorm::run
