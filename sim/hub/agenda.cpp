#include "hub/agenda.h"

namespace twinstorm::hub {

Agenda::Agenda(net::Loop& loop) : loop_(loop), handle_(loop.add(*this)) {}

Agenda::~Agenda() {
    loop_.remove(handle_);
}

Agenda::Entry Agenda::at(TimePoint due, Work work) {
    const Entry entry{due, ++last_};
    const bool earliest = entries_.empty() || entry < entries_.begin()->first;
    entries_.emplace(entry, std::move(work));
    if (earliest) {
        loop_.wake(handle_);
    }
    return entry;
}

void Agenda::cancel(Entry& entry) {
    entries_.erase(entry);
    entry = {};
}

void Agenda::advance(TimePoint now) {
    // What the work itself adds for this instant waits for the next turn, so that a turn ends.
    const std::uint64_t newest = last_;
    auto next = entries_.begin();
    while (next != entries_.end() && next->first.due <= now) {
        if (next->first.number > newest) {
            ++next;
            continue;
        }
        const Work work = std::move(next->second);
        entries_.erase(next);
        work(now);
        next = entries_.begin();
    }
}

std::optional<TimePoint> Agenda::next_deadline() const {
    if (entries_.empty()) {
        return std::nullopt;
    }
    return entries_.begin()->first.due;
}

}  // namespace twinstorm::hub
