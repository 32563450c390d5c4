// What must outlive the hub's process: an append-only file, one JSON object a line.
//
// Use:    open() reads what is there, line by line, then appends; append() buffers, and the file
//         is written once at the end of the turn. A torn last line (the process died in a write)
//         is cut off; open() stops at the first line that its reader refuses.
// Owner:  the hub; here begins the outside (::open, ::write). One process at a time holds the file.
// Errors: open(): kIo, kInvalidArgument with the line. A write that fails ends the journal: it is
//         cut back to whole lines, failed() tells, and the hub lives on without it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>

#include "twinstorm/base/error.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::hub {

class Journal final : public net::Activity {
public:
    using LineReader = std::function<Result<void>(std::string_view line)>;

    using FailureSink = std::function<void(std::string_view why)>;  // Called at most once.

    Journal(net::Loop& loop, FailureSink on_failure)
        : loop_(loop), on_failure_(std::move(on_failure)) {}
    ~Journal() override;

    [[nodiscard]] Result<void> open(const std::string& path, const LineReader& reader);

    [[nodiscard]] bool enabled() const { return added_ && file_ >= 0; }  // Not while it is read.
    [[nodiscard]] bool failed() const { return failed_; }
    void append(const boost::json::object& line, TimePoint now);
    void flush();

    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return due_; }

private:
    [[nodiscard]] Result<void> replay(const std::string& path, const LineReader& reader);
    void close_file();

    net::Loop& loop_;
    FailureSink on_failure_;
    std::string path_;
    net::Handle handle_ = 0;
    bool added_ = false;  // To the loop, once the file was read.
    int file_ = -1;
    bool failed_ = false;
    std::uint64_t bytes_written_ = 0;  // Whole lines; where to cut after a failed write.
    std::string buffer_;
    std::optional<TimePoint> due_;
};

}  // namespace twinstorm::hub
