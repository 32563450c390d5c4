// What a person sees while a run goes on, and its summary at the end.
//
// On a terminal one line is rewritten each second; in a log each second is a line of its own.
#pragma once

#include <string_view>

#include "twinstorm/stats/run_result.h"

namespace twinstorm::cli {

class Progress {
public:
    enum class Style : std::uint8_t { kNone, kNotes, kSeconds };

    explicit Progress(Style style);
    ~Progress();

    void note(std::string_view text);
    void second(const stats::TimelineRow& row);

private:
    void clear_line();

    Style style_;
    bool terminal_;
    bool line_open_ = false;
};

void print_summary(const stats::RunResult& result);

}  // namespace twinstorm::cli
