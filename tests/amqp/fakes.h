// A hub behind the ports of the AMQP endpoint: real partitions, and answers that can be held back.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/arrivals.h"
#include "twinstorm/amqp/ports.h"
#include "twinstorm/events/partition.h"
#include "twinstorm/events/watch_list.h"

namespace twinstorm::testing {

// Answers at once, or when told to: both must work.
class Delay {
public:
    void run(std::function<void()> answer) {
        if (holds) {
            held_.push_back(std::move(answer));
        } else {
            answer();
        }
    }
    bool release() {
        const auto held = std::exchange(held_, {});
        for (const auto& answer : held) {
            answer();
        }
        return !held.empty();
    }
    bool holds = false;

private:
    std::vector<std::function<void()>> held_;
};

class FakeEventSource final : public amqp::EventSource {
public:
    static constexpr int kPartitions = 2;

    [[nodiscard]] int partition_count() const override { return kPartitions; }
    [[nodiscard]] std::string entity_path() const override { return "iothub-ehub-hub1"; }
    [[nodiscard]] WallTime created_at() const override { return kVirtualEpoch; }
    void info(int partition, InfoDone done) override {
        delay.run([this, partition, done] { done(log(partition).info()); });
    }
    void read(int partition, const events::Position& from, const events::ReadLimits& limits,
              ReadDone done) override {
        ++reads;
        delay.run(
            [this, partition, from, limits, done] { done(log(partition).read(from, limits)); });
    }
    [[nodiscard]] std::unique_ptr<events::Watch> watch(int partition, std::int64_t sequence_number,
                                                       std::function<void()> ready) override {
        return watches_[static_cast<std::size_t>(partition)].add(sequence_number, std::move(ready));
    }

    void append(int partition, std::string_view body, std::string_view bag = {},
                WallTime now = kVirtualEpoch) {
        log(partition).append(events::telemetry(body, bag), now);
        watches_[static_cast<std::size_t>(partition)].notify(
            log(partition).info().last_sequence_number);
    }
    [[nodiscard]] events::Partition& log(int partition) {
        return logs_[static_cast<std::size_t>(partition)];
    }

    Delay delay;
    std::size_t reads = 0;

private:
    static events::Partition::Options options() { return {.hub_name = "hub1"}; }
    events::Partition logs_[kPartitions]{events::Partition(options()),
                                         events::Partition(options())};
    events::WatchList watches_[kPartitions];
};

class FakeMessages final : public amqp::Messages {
public:
    void send(amqp::CloudMessage message, SendDone done) override {
        sent.push_back(std::move(message));
        delay.run([done, refusal = refusal] { done(refusal); });
    }
    void take_notice(amqp::NoticeKind kind, NoticeDone done) override {
        delay.run([this, kind, done] {
            auto& notices = notices_of(kind);
            if (notices.empty()) {
                done(std::nullopt);
                return;
            }
            auto notice = std::move(notices.front());
            notices.pop_front();
            done(std::move(notice));
        });
    }
    void settle_notice(amqp::NoticeKind kind, std::uint64_t lock,
                       amqp::Settlement settlement) override {
        last_settled = kind;
        settled.emplace_back(lock, settlement);
    }
    [[nodiscard]] std::unique_ptr<events::Watch> watch_notices(
        amqp::NoticeKind kind, std::function<void()> ready) override {
        Queue& queue = queues_[static_cast<std::size_t>(kind)];
        return queue.watches.add(queue.offered, std::move(ready));
    }
    void offer(amqp::FeedbackBatch batch) { offer(amqp::NoticeKind::kFeedback, std::move(batch)); }
    void offer(amqp::FileNotification file) { offer(amqp::NoticeKind::kFile, std::move(file)); }

    Delay delay;
    std::optional<amqp::Condition> refusal;
    std::vector<amqp::CloudMessage> sent;
    std::vector<std::pair<std::uint64_t, amqp::Settlement>> settled;
    std::optional<amqp::NoticeKind> last_settled;

private:
    struct Queue {
        std::deque<amqp::Notice> notices;
        events::WatchList watches;
        std::int64_t offered = 0;
    };
    std::deque<amqp::Notice>& notices_of(amqp::NoticeKind kind) {
        return queues_[static_cast<std::size_t>(kind)].notices;
    }
    void offer(amqp::NoticeKind kind, amqp::Notice notice) {
        Queue& queue = queues_[static_cast<std::size_t>(kind)];
        queue.notices.push_back(std::move(notice));
        queue.watches.notify(queue.offered++);
    }

    Queue queues_[2];
};

// The token "good" opens everything; the user "owner" has the password "secret".
class FakeAuthorizer final : public amqp::Authorizer {
public:
    void check_token(std::string_view token, std::string_view audience, Done done) override {
        audiences.emplace_back(audience);
        answer(token == "good", std::move(done));
    }
    void check_password(std::string_view user, std::string_view password, Done done) override {
        answer(user == "owner" && password == "secret", std::move(done));
    }

    Delay delay;
    WallTime expiry = kVirtualEpoch + std::chrono::hours(1);
    std::vector<std::string> audiences;

private:
    void answer(bool good, Done done) {
        delay.run([this, good, done] {
            good ? done(expiry) : done(fail(ErrorCode::kUnauthorized, "the token is not good"));
        });
    }
};

}  // namespace twinstorm::testing
