#include "twinstorm/agent/backlog.h"

#include <algorithm>

#include "twinstorm/base/check.h"

namespace twinstorm::agent {

void Backlog::open(const Rhythm& rhythm, std::int32_t begin) {
    *this = {};
    rhythm_ = rhythm;
    open_begin_ = begin;
}

// Whatever is open ends now if it is plain, if it changes its kind, or if by the new interval it
// would have ended already. What is switched off before it was counted is never sent.
void Backlog::change(const Rhythm& rhythm, std::int32_t now) {
    if (rhythm == rhythm_) {
        return;
    }
    const bool was_on = rhythm_.on;
    const bool overdue = open_begin_ + rhythm.step < now;
    const bool ends = !rhythm_.aggregated || (rhythm.on && (!rhythm.aggregated || overdue));
    if (was_on && ends && ends_at_ == kNever && open_begin_ < now) {
        ends_at_ = now;
        ends_aggregated_ = rhythm_.aggregated;
    }
    if (!was_on) {
        open_begin_ = std::max(open_begin_, now);
    }
    rhythm_ = rhythm;
}

std::int32_t Backlog::next_end() const {
    if (ends_at_ != kNever) {
        return ends_at_;
    }
    return rhythm_.on ? open_begin_ + rhythm_.step : kNever;
}

std::optional<Backlog::Step> Backlog::next_step(std::int32_t now) {
    Step step{open_begin_, 0, rhythm_.aggregated, 0};
    if (ends_at_ != kNever) {
        step.end = ends_at_;
        step.aggregated = ends_aggregated_;
        ends_at_ = kNever;
    } else if (!rhythm_.on || open_begin_ + rhythm_.step > now) {
        return std::nullopt;
    } else if (rhythm_.aggregated) {
        step.end = open_begin_ + rhythm_.step;
    } else {
        const std::int32_t whole = (now - open_begin_) / rhythm_.step * rhythm_.step;
        const std::int32_t at_once = std::max(kPlainSpan / rhythm_.step, 1) * rhythm_.step;
        step.end = open_begin_ + std::min(whole, at_once);
    }
    open_begin_ = step.end;
    return step;
}

bool Backlog::continues(const Step& step) const {
    if (count_ == 0) {
        return false;
    }
    const Segment& last = segments_[count_ - 1U];
    return last.complete && last.end == step.begin && last.aggregated == step.aggregated &&
           (!step.aggregated || last.step == step.end - step.begin);
}

bool Backlog::has_room_for(const Step& step) const {
    return count_ < kSegmentsMax || continues(step);
}

void Backlog::enqueue(const Step& step, std::uint32_t entries, std::uint32_t bytes, bool complete) {
    if (continues(step)) {
        Segment& last = segments_[count_ - 1U];
        last.end = step.end;
        last.left += entries;
        last.complete = complete;
    } else if (entries > 0) {
        TWINSTORM_CHECK(count_ < kSegmentsMax);
        const std::int32_t length = step.aggregated ? step.end - step.begin : kPlainSpan;
        segments_[count_++] = {step.begin, step.end, length, 0, entries, step.aggregated, complete};
    }
    bytes_ += bytes;
}

std::optional<Backlog::Step> Backlog::front() const {
    if (count_ == 0) {
        return std::nullopt;
    }
    const Segment& first = segments_[0];
    const std::int32_t end = std::min(first.begin + first.step, first.end);
    return Step{first.begin, end, first.aggregated, first.taken};
}

bool Backlog::take(std::uint32_t bytes) {
    TWINSTORM_CHECK(count_ > 0 && segments_[0].left > 0);
    ++segments_[0].taken;
    --segments_[0].left;
    bytes_ -= std::min(bytes, bytes_);
    if (segments_[0].left > 0) {
        return false;
    }
    pop();
    return true;
}

void Backlog::skip() {
    TWINSTORM_CHECK(count_ > 0);
    ++segments_[0].taken;
}

void Backlog::leave_front() {
    TWINSTORM_CHECK(count_ > 0);
    Segment& first = segments_[0];
    first.begin = std::min(first.begin + first.step, first.end);
    first.taken = 0;
    if (first.begin >= first.end) {
        pop();
    }
}

void Backlog::pop() {
    std::move(segments_.begin() + 1, segments_.begin() + count_, segments_.begin());
    --count_;
    if (count_ == 0) {
        bytes_ = 0;
    }
}

}  // namespace twinstorm::agent
