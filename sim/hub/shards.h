// All shards of a hub, and the only way from one to another: work is sent to the loop that owns it.
//
// Use:    on() runs work on a shard: at once when its loop is the caller's own, else posted there.
//         gather() asks every shard and gives all the answers, in the order of the shards, to the
//         one that asked.
// Owner:  Hub. on() and gather() from the thread of the shard `from`.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/common.h"
#include "hub/shard.h"

namespace twinstorm::hub {

class Shards {
public:
    using Work = std::function<void(Shard& shard, TimePoint now)>;

    Shards(Common& common, const std::vector<net::Loop*>& loops);

    [[nodiscard]] std::size_t count() const { return shards_.size(); }
    // For work on that shard's thread, and before its loop runs.
    [[nodiscard]] Shard& at(std::size_t index) { return *shards_[index]; }
    // Holds what belongs to no device: jobs, configurations, feedback, the journal's file.
    [[nodiscard]] Shard& front() { return *shards_.front(); }
    [[nodiscard]] Shard& owner_of(std::string_view device_id) {
        return *shards_[common_.shard_of(device_id)];
    }

    void on(Shard& target, const Shard& from, TimePoint now, Work work);

    template <class Answer>
    void gather(Shard& from, TimePoint now, const std::function<Answer(Shard&, Instant)>& ask,
                std::function<void(std::vector<Answer>, TimePoint now)> done);

private:
    Common& common_;
    std::vector<std::unique_ptr<Shard>> shards_;
};

template <class Answer>
void Shards::gather(Shard& from, TimePoint now, const std::function<Answer(Shard&, Instant)>& ask,
                    std::function<void(std::vector<Answer>, TimePoint now)> done) {
    struct Gathering {
        std::vector<std::optional<Answer>> answers;
        std::size_t missing = 0;
        std::function<void(std::vector<Answer>, TimePoint now)> done;
    };
    // Shared by the work on every shard; only `from`'s thread looks into it.
    const auto gathering = std::make_shared<Gathering>();
    gathering->answers.resize(count());
    gathering->missing = count();
    gathering->done = std::move(done);
    for (std::size_t index = 0; index < count(); ++index) {
        on(at(index), from, now, [&from, index, gathering, ask](Shard& shard, TimePoint then) {
            // Shared because work that is posted must be copyable; it is handed over, not shared.
            auto answer = std::make_shared<Answer>(ask(shard, shard.instant(then)));
            shard.all.on(from, shard, then,
                         [index, gathering, answer = std::move(answer)](Shard&, TimePoint last) {
                             gathering->answers[index] = std::move(*answer);
                             if (--gathering->missing > 0) {
                                 return;
                             }
                             std::vector<Answer> all;
                             all.reserve(gathering->answers.size());
                             for (auto& one : gathering->answers) {
                                 all.push_back(*std::move(one));
                             }
                             gathering->done(std::move(all), last);
                         });
        });
    }
}

}  // namespace twinstorm::hub
