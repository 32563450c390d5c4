// The file that outlives the hub's process: append-only, one JSON object a line.
//
// Use:    open() reads what is there, line by line, then write() appends whole lines. A torn last
//         line (the process died in a write) is cut off; open() stops at the first line that its
//         reader refuses.
// Owner:  the hub; open() before its loops run, write() on the front shard's loop. Here begins the
//         outside (::open, ::write). One process at a time holds the file.
// Errors: open(): kIo, kInvalidArgument with the line. A write that fails ends the journal: it is
//         cut back to whole lines, failed() tells, and the hub lives on without it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "twinstorm/base/error.h"

namespace twinstorm::hub {

class JournalFile {
public:
    using LineReader = std::function<Result<void>(std::string_view line)>;
    using FailureSink = std::function<void(std::string_view why)>;  // Called at most once.

    explicit JournalFile(FailureSink on_failure) : on_failure_(std::move(on_failure)) {}
    JournalFile(const JournalFile&) = delete;
    JournalFile& operator=(const JournalFile&) = delete;
    ~JournalFile();

    [[nodiscard]] Result<void> open(const std::string& path, const LineReader& reader);

    [[nodiscard]] bool writable() const { return ready_ && file_ >= 0; }  // Not while it is read.
    [[nodiscard]] bool failed() const { return failed_; }
    void write(std::string_view lines);

private:
    [[nodiscard]] Result<void> replay(const std::string& path, const LineReader& reader);
    void close_file();

    FailureSink on_failure_;
    std::string path_;
    int file_ = -1;
    bool ready_ = false;
    bool failed_ = false;
    std::uint64_t bytes_written_ = 0;  // Whole lines; where to cut after a failed write.
};

}  // namespace twinstorm::hub
