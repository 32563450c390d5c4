#include "twinstorm/backend/twin_operator.h"

#include <algorithm>
#include <utility>

namespace twinstorm::backend {
namespace {

// Sends of one turn; the rest of a late schedule waits for the next, so that answers get theirs.
constexpr int kOffersPerTurn = 256;

std::vector<std::uint32_t> shuffled(std::vector<std::uint32_t> order, std::uint64_t seed) {
    Random random(seed);
    for (std::size_t left = order.size(); left > 1; --left) {
        std::swap(order[left - 1], order[random.below(left)]);
    }
    return order;
}

}  // namespace

TwinOperator::TwinOperator(ServiceClient& client, net::Loop& loop, UpdateObserver& observer,
                           Owned owned)
    : client_(client),
      loop_(loop),
      handle_(loop.add(*this)),
      observer_(observer),
      owned_(std::move(owned)) {}

TwinOperator::~TwinOperator() {
    loop_.remove(handle_);
}

void TwinOperator::begin(UpdateTask task, TimePoint start) {
    order_ = std::exchange(task.targets, {});
    if (task.every_device) {
        order_ = shuffled(std::move(order_), derive(task.seed, "order"));
    }
    choice_ = Random(derive(task.seed, "choice"));
    jitter_ = Random(derive(task.seed, "jitter"));
    arrivals_.emplace(task.arrivals, task.rate, start, derive(task.seed, "arrivals"));
    bodies_.push_back(task.bodies);
    task_ = std::move(task);
    loop_.wake(handle_);
}

void TwinOperator::end(TimePoint at) {
    while (arrivals_ && !exhausted() && arrivals_->next() < at) {
        offer_next(at);  // Due before the end, and late: sent late, not dropped.
    }
    task_.reset();
    arrivals_.reset();
    again_.clear();
    loop_.wake(handle_);
}

bool TwinOperator::exhausted() const {
    return order_.empty() || (task_->every_device && arrivals_->number() >= order_.size());
}

void TwinOperator::advance(TimePoint now) {
    for (int offers = 0;
         offers < kOffersPerTurn && task_ && !exhausted() && arrivals_->next() <= now; ++offers) {
        offer_next(now);
    }
    std::vector<Patch> due;
    std::erase_if(again_, [&due, now](const Later& later) {
        if (later.at > now) {
            return false;
        }
        due.push_back(later.patch);
        return true;
    });
    for (const Patch& patch : due) {
        send(patch, now);
    }
}

std::optional<TimePoint> TwinOperator::next_deadline() const {
    std::optional<TimePoint> deadline;
    if (task_ && !exhausted()) {
        deadline = arrivals_->next();
    }
    for (const Later& later : again_) {
        deadline = deadline ? std::min(*deadline, later.at) : later.at;
    }
    return deadline;
}

void TwinOperator::offer_next(TimePoint now) {
    const std::uint64_t number = arrivals_->number();
    const TimePoint intended = arrivals_->next();
    const std::uint32_t device =
        order_[task_->every_device ? number : choice_.below(order_.size())];
    arrivals_->pop();
    if (owned_(device) != nullptr) {
        send({device, number % task_->bodies.size(), intended, 0, bodies_.size() - 1}, now);
    }
}

void TwinOperator::send(const Patch& patch, TimePoint now) {
    observer_.on_offered(patch.device, patch.intended);
    if (under_way_ >= kPatchesUnderWayMax) {
        observer_.on_refused(
            patch.device,
            Error{ErrorCode::kLimitExceeded, "too many patches wait for the hub's answer"}, false,
            patch.intended, now);
        return;
    }
    ++under_way_;
    client_.patch_desired(
        *owned_(patch.device), bodies_[patch.task][patch.body],
        [this, patch](const Result<std::int64_t>& version, TimePoint when) {
            on_answer(patch, version, when);
        },
        now);
}

void TwinOperator::on_answer(const Patch& patch, const Result<std::int64_t>& version,
                             TimePoint now) {
    --under_way_;
    if (version) {
        observer_.on_accepted(patch.device, *version, patch.intended, now);
        return;
    }
    // A roll-out means every device: what the tier throttles comes again.
    const bool again = task_ && task_->every_device && patch.task + 1 == bodies_.size() &&
                       version.error().code == ErrorCode::kThrottled;
    observer_.on_refused(patch.device, version.error(), again, patch.intended, now);
    if (again) {
        Patch next = patch;
        ++next.attempt;
        again_.push_back({now + backoff_.wait(next.attempt, jitter_), next});
        loop_.wake(handle_);
    }
}

}  // namespace twinstorm::backend
