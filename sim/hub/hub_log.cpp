#include "hub/hub_log.h"

#include "hub/limits.h"

namespace twinstorm::hub {

bool HubLog::admit(TimePoint now) {
    if (!sink_) {
        return false;
    }
    if (now - second_ >= std::chrono::seconds(1)) {
        second_ = now;
        lines_ = 0;
    }
    if (lines_ >= kLogLinesPerSecond) {
        ++suppressed_;
        ++untold_;
        return false;
    }
    ++lines_;
    if (untold_ > 0) {
        sink_(fmt::format("{} lines left out (more than {} in a second)", untold_,
                          kLogLinesPerSecond));
        untold_ = 0;
    }
    return true;
}

std::string printable(std::string_view text) {
    const bool cut = text.size() > kLogTextBytesMax;
    std::string result(text.substr(0, kLogTextBytesMax));
    for (char& character : result) {
        if (character < ' ' || character > '~') {
            character = '?';
        }
    }
    if (cut) {
        result += "...";
    }
    return result;
}

}  // namespace twinstorm::hub
