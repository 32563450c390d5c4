// Runs a scenario in the virtual world, and against a hub of its own with some numbers of workers;
// prints `yes` where every agent told the same in all of them, byte for byte, and what differs
// else.
//
//   same_events SCENARIO READY-FILE WORKERS...
//
// How long a phase lasts depends on when devices became ready: of two runs of an agent, the shorter
// must be the beginning of the longer one, and not much shorter.

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "twinstorm/base/real_clock.h"
#include "twinstorm/run/live_world.h"
#include "twinstorm/run/mock_target.h"
#include "twinstorm/run/run.h"
#include "twinstorm/run/virtual_world.h"
#include "twinstorm/scenario/scenario.h"

namespace {

using namespace twinstorm;

constexpr std::size_t kCutMax = 8;  // Messages of one agent that a longer run may have more.

// What each identity published: topics with their properties, and payloads.
class Diary {
public:
    using Entries = std::map<std::string, std::vector<std::string>>;

    void add(const std::string& client_id, const net::Message& message) {
        const std::lock_guard lock(mutex_);
        entries_[client_id].push_back(
            fmt::format("{}\n{}", message.topic,
                        std::string_view(reinterpret_cast<const char*>(message.payload.data()),
                                         message.payload.size())));
    }
    [[nodiscard]] const Entries& entries() const { return entries_; }

private:
    std::mutex mutex_;
    Entries entries_;
};

class NotedLink final : public net::MessageLink {
public:
    NotedLink(std::unique_ptr<net::MessageLink> inside, Diary& diary)
        : inside_(std::move(inside)), diary_(diary) {}

    void open(net::OpenRequest request, TimePoint now) override {
        client_id_ = request.client_id;
        inside_->open(std::move(request), now);
    }
    void close(TimePoint now) override { inside_->close(now); }
    void subscribe(std::span<const net::TopicFilter> filters, TimePoint now) override {
        inside_->subscribe(filters, now);
    }
    net::PublishId publish(const net::Message& message, TimePoint now) override {
        if (message.topic.find("/messages/events/") != std::string_view::npos) {
            diary_.add(client_id_, message);
        }
        return inside_->publish(message, now);
    }

private:
    std::unique_ptr<net::MessageLink> inside_;
    Diary& diary_;
    std::string client_id_;
};

class NotedWorld final : public run::World {
public:
    NotedWorld(run::World& inside, Diary& diary) : inside_(inside), diary_(diary) {}

    [[nodiscard]] std::string_view name() const override { return inside_.name(); }
    [[nodiscard]] std::size_t workers() const override { return inside_.workers(); }
    [[nodiscard]] net::Loop& loop(std::size_t worker) override { return inside_.loop(worker); }
    [[nodiscard]] net::Loop& main() override { return inside_.main(); }
    [[nodiscard]] WallAnchor anchor() const override { return inside_.anchor(); }
    [[nodiscard]] run::CarriedLink carry(std::size_t worker, plan::Transport transport,
                                         net::LinkUser& user,
                                         const net::Destination& destination) override {
        run::CarriedLink carried = inside_.carry(worker, transport, user, destination);
        carried.link = std::make_unique<NotedLink>(std::move(carried.link), diary_);
        return carried;
    }
    void set_recorder(std::size_t worker, stats::Recorder* recorder) override {
        inside_.set_recorder(worker, recorder);
    }
    [[nodiscard]] Duration cpu_time() const override { return inside_.cpu_time(); }
    [[nodiscard]] Duration wait_time() const override { return inside_.wait_time(); }
    void run() override { inside_.run(); }

private:
    run::World& inside_;
    Diary& diary_;
};

[[noreturn]] void stop(std::string_view why) {
    fmt::print(stderr, "{}\n", why);
    std::exit(1);
}

void execute(const plan::Plan& plan, const run::Target& target, run::World& world, Diary& diary) {
    NotedWorld noted(world, diary);
    const run::Outcome outcome =
        run::Run(plan, target, noted, {[](const auto&) {}, [](auto) {}}).execute();
    if (outcome.failure) {
        stop(outcome.failure->message());
    }
}

bool same(const Diary::Entries& one, const Diary::Entries& other, std::string_view where) {
    if (one.size() != other.size()) {
        fmt::print("{}: {} agents told something, not {}\n", where, other.size(), one.size());
        return false;
    }
    std::size_t compared = 0;
    for (const auto& [who, messages] : one) {
        const auto found = other.find(who);
        if (found == other.end()) {
            fmt::print("{}: {} told nothing\n", where, who);
            return false;
        }
        const std::size_t both = std::min(messages.size(), found->second.size());
        if (std::max(messages.size(), found->second.size()) > both + kCutMax) {
            fmt::print("{}: {} told {} messages, not {}\n", where, who, found->second.size(),
                       messages.size());
            return false;
        }
        for (std::size_t i = 0; i < both; ++i) {
            if (messages[i] != found->second[i]) {
                fmt::print("{}: message {} of {}:\n{}\nnot\n{}\n", where, i + 1, who,
                           found->second[i], messages[i]);
                return false;
            }
        }
        compared += both;
    }
    fmt::print("{}: {} messages of {} agents are the same\n", where, compared, one.size());
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        stop("usage: same_events SCENARIO READY-FILE WORKERS...");
    }
    const auto plan = scenario::read_scenario(argv[1], {});
    const auto ready = run::read_ready_file(argv[2]);
    if (!plan || !ready) {
        stop(!plan ? plan.error().front().format() : ready.error().message());
    }
    Diary in_theory;
    run::VirtualWorld virtual_world(plan->seed, std::get<plan::MockHub>(plan->hub),
                                    plan->clock.value_or(kVirtualEpoch));
    execute(*plan, virtual_world.target(), virtual_world, in_theory);
    bool all_same = true;
    for (int word = 3; word < argc; ++word) {
        Diary live;
        const RealClock clock;
        run::LiveOptions options;
        options.workers = static_cast<std::size_t>(std::atoi(argv[word]));
        options.ca_file = ready->ca_file;
        auto world = run::LiveWorld::make(clock, std::move(options));
        if (!world) {
            stop(world.error().message());
        }
        execute(*plan, ready->target, **world, live);
        all_same &= same(in_theory.entries(), live.entries(),
                         fmt::format("live, {} workers, beside virtual", argv[word]));
    }
    fmt::print("{}\n", all_same ? "yes" : "no");
    return all_same ? 0 : 1;
}
