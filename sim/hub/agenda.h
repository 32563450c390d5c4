// What a shard has to do later: time-outs of methods, batches of feedback, jobs, delayed answers.
//
// Use:    at() with an instant; cancel() by the number it gave. Work of the same instant runs in
// the
//         order in which it was asked for. Work may add and cancel.
// Owner:  one shard, on its loop. What is left at the end is dropped without being run.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "twinstorm/net/loop.h"

namespace twinstorm::hub {

class Agenda final : public net::Activity {
public:
    using Work = std::function<void(TimePoint now)>;

    struct Entry {
        TimePoint due{};
        std::uint64_t number = 0;  // 0: none.

        [[nodiscard]] bool pending() const { return number != 0; }
        friend auto operator<=>(const Entry&, const Entry&) = default;
    };

    explicit Agenda(net::Loop& loop);
    ~Agenda() override;

    Entry at(TimePoint due, Work work);
    void cancel(Entry& entry);  // Forgets it, too; an entry that has run or is none is let be.

    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

private:
    net::Loop& loop_;
    net::Handle handle_ = 0;
    std::uint64_t last_ = 0;
    std::map<Entry, Work> entries_;
};

}  // namespace twinstorm::hub
