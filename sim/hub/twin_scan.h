// Looks for the twins that a condition holds for: on every shard, a slice in each turn of its loop,
// so that a query over a hundred thousand twins keeps no device waiting.
//
// Use:    search_twins() asks all shards and gives the answers, in the order of the shards, to the
//         one that asked. On each shard the twins come in order of device and module id, those
//         after `after` only; `visit` adds a match to the shard's answer, false: enough.
// Owner:  the work under way. What comes and goes between two slices is found or not.
// Limits: kScanSliceTwins, kScanRowTwins.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "hub/identity.h"
#include "hub/instant.h"
#include "hub/shards.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/iothub/twin.h"
#include "twinstorm/query/condition.h"
#include "twinstorm/query/roots.h"

namespace twinstorm::hub {

// As much of a twin's document as `roots` name.
[[nodiscard]] iothub::TwinParts parts_of(query::Roots roots);

class TwinScan : public std::enable_shared_from_this<TwinScan> {
public:
    struct Work {
        // Shared by the shards, which only read it.
        std::shared_ptr<const query::Condition> condition;
        iothub::IdentityName after{};
        std::function<bool(const Identity& match)> visit;
        std::function<void(TimePoint now)> done;
    };

    TwinScan(Shard& shard, Work work);

    void run(TimePoint now);  // A slice; goes on by itself until `done`.

private:
    [[nodiscard]] const Identity* next();
    [[nodiscard]] const Identity* next_device();
    [[nodiscard]] const Identity* next_module();
    [[nodiscard]] const Identity* device_from(std::string_view id, bool itself);
    [[nodiscard]] bool matches(const Identity& identity, TimePoint now) const;

    Shard& shard_;
    Work work_;
    iothub::TwinParts parts_;
    // The only devices that can match, by id, when the condition names them.
    std::optional<std::vector<std::string_view>> named_;
};

template <class Answer>
struct TwinSearch {
    // Shared, see above.
    std::shared_ptr<const query::Condition> condition;
    iothub::IdentityName after{};
    std::function<Answer()> make = [] { return Answer(); };
    std::function<bool(Answer& answer, Shard& shard, const Identity& match)> visit;
    std::function<void(std::vector<Answer> answers, TimePoint now)> done;
};

template <class Answer>
void search_twins(Shard& here, TwinSearch<Answer> wanted, TimePoint now) {
    struct Search {
        TwinSearch<Answer> wanted;
        std::vector<std::unique_ptr<Answer>> answers;  // A shard's own until it is done.
        std::size_t missing = 0;
    };
    // Shared by the scans of all shards: each has its own place in it.
    const auto search = std::make_shared<Search>();
    search->wanted = std::move(wanted);
    search->missing = here.all.count();
    for (std::size_t index = 0; index < here.all.count(); ++index) {
        search->answers.push_back(std::make_unique<Answer>(search->wanted.make()));
    }
    const auto one_done = [search](Shard&, TimePoint then) {
        if (--search->missing > 0) {
            return;
        }
        std::vector<Answer> answers;
        for (std::unique_ptr<Answer>& answer : search->answers) {
            answers.push_back(std::move(*answer));
        }
        search->wanted.done(std::move(answers), then);
    };
    for (std::size_t index = 0; index < here.all.count(); ++index) {
        here.all.on(here.all.at(index), here, now,
                    [&here, search, one_done](Shard& shard, TimePoint then) {
                        Answer& answer = *search->answers[shard.index];
                        TwinScan::Work work;
                        work.condition = search->wanted.condition;
                        work.after = search->wanted.after;
                        work.visit = [search, &answer, &shard](const Identity& match) {
                            return search->wanted.visit(answer, shard, match);
                        };
                        work.done = [&here, &shard, one_done](TimePoint end) {
                            shard.all.on(here, shard, end, one_done);
                        };
                        // Shared with its own later slices.
                        std::make_shared<TwinScan>(shard, std::move(work))->run(then);
                    });
    }
}

}  // namespace twinstorm::hub
