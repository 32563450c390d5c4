// The virtual world with an ear at every link: what a device is told must come in an order that an
// MQTT connection allows, and the versions of its twin never go back.
//
// Use:    as the world inside it. Links are numbered in the order in which they are made.
// Owner:  a test; outlives the run, while the world inside outlives it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "twinstorm/net/message_link.h"
#include "twinstorm/run/virtual_world.h"

namespace twinstorm::run {

// Between a link and its user: passes everything on.
class LinkWatch final : public net::LinkUser {
public:
    LinkWatch(net::LinkUser& user, std::size_t number) : user_(user), number_(number) {}

    void on_opened(const net::OpenReply& reply, TimePoint now) override;
    void on_subscribed(bool granted, TimePoint now) override;
    void on_message(const net::Message& message, TimePoint now) override;
    void on_acknowledged(net::PublishId id, TimePoint now) override;
    void on_given_up(net::PublishId id, TimePoint now) override { user_.on_given_up(id, now); }
    void on_sent(TimePoint now) override;
    void on_closed(const Error& why, TimePoint now) override;
    void advance(TimePoint now) override { user_.advance(now); }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override {
        return user_.next_deadline();
    }

    [[nodiscard]] std::int64_t version() const { return version_; }
    [[nodiscard]] const std::vector<std::string>& breaches() const { return breaches_; }

private:
    void expect_open(std::string_view what, TimePoint now);
    void see_version(std::int64_t version, std::string_view where, TimePoint now);
    void breach(std::string_view what, TimePoint now);

    net::LinkUser& user_;
    std::size_t number_;
    bool open_ = false;
    std::int64_t version_ = 0;
    std::vector<std::string> breaches_;
};

class WatchedWorld final : public World {
public:
    explicit WatchedWorld(VirtualWorld& inside) : inside_(inside) {}

    [[nodiscard]] std::string_view name() const override { return inside_.name(); }
    [[nodiscard]] std::size_t workers() const override { return inside_.workers(); }
    [[nodiscard]] net::Loop& loop(std::size_t worker) override { return inside_.loop(worker); }
    [[nodiscard]] net::Loop& main() override { return inside_.main(); }
    [[nodiscard]] WallAnchor anchor() const override { return inside_.anchor(); }
    [[nodiscard]] CarriedLink carry(std::size_t worker, plan::Transport transport,
                                    net::LinkUser& user,
                                    const net::Destination& destination) override;
    void set_recorder(std::size_t worker, stats::Recorder* recorder) override {
        inside_.set_recorder(worker, recorder);
    }
    [[nodiscard]] Duration cpu_time() const override { return inside_.cpu_time(); }
    void run() override { inside_.run(); }

    [[nodiscard]] std::vector<std::string> breaches() const;
    [[nodiscard]] std::vector<std::int64_t> versions() const;

private:
    VirtualWorld& inside_;
    std::vector<std::unique_ptr<LinkWatch>> watches_;
};

}  // namespace twinstorm::run
