// One shard's lines for the journal, gathered in a turn and handed over once, at its end.
//
// Use:    start() with where the lines go; append() buffers. Without start() nothing is kept.
// Owner:  a shard, on its loop. Lines of one shard keep their order.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "twinstorm/net/loop.h"

namespace twinstorm::hub {

class Journal final : public net::Activity {
public:
    using Sink = std::function<void(std::string lines, TimePoint now)>;  // Whole lines.

    explicit Journal(net::Loop& loop) : loop_(loop) {}
    ~Journal() override;

    void start(Sink sink);
    [[nodiscard]] bool enabled() const { return sink_ != nullptr; }
    void append(const boost::json::object& line, TimePoint now);
    void flush(TimePoint now);
    [[nodiscard]] std::string take();  // What was not handed over yet.

    void advance(TimePoint now) override { flush(now); }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return due_; }

private:
    net::Loop& loop_;
    Sink sink_;
    net::Handle handle_ = 0;
    std::string buffer_;
    std::optional<TimePoint> due_;
};

}  // namespace twinstorm::hub
