#include "hub/journal.h"

#include <utility>

#include <boost/json/serialize.hpp>

#include "hub/limits.h"

namespace twinstorm::hub {

Journal::~Journal() {
    if (enabled()) {
        loop_.remove(handle_);
    }
}

void Journal::start(Sink sink) {
    sink_ = std::move(sink);
    handle_ = loop_.add(*this);
}

void Journal::append(const boost::json::object& line, TimePoint now) {
    if (!enabled()) {
        return;
    }
    buffer_ += boost::json::serialize(line);
    buffer_ += '\n';
    if (buffer_.size() >= kJournalBufferBytesMax) {
        flush(now);
    } else if (!due_) {
        due_ = now;
        loop_.wake(handle_);
    }
}

void Journal::flush(TimePoint now) {
    due_.reset();
    if (!buffer_.empty()) {
        sink_(take(), now);
    }
}

std::string Journal::take() {
    return std::exchange(buffer_, {});
}

}  // namespace twinstorm::hub
