// What the coordinator asks of the mock hub itself, over its admin API.

#include <chrono>
#include <utility>

#include "run/coordinator.h"

namespace twinstorm::run {
namespace {

constexpr Duration kDisconnectTime = std::chrono::milliseconds(200);  // For DISCONNECTs to leave.

}  // namespace

// A hub that cannot be told what to do wrong would pass a test that it never took.
std::optional<Error> Run::Coordinator::refuse_faults() const {
    for (const plan::Phase& phase : plan_.phases) {
        if (!phase.faults.empty() && !target_.admin) {
            return Error{ErrorCode::kInvalidArgument,
                         "phase " + phase.name +
                             " has faults, and this hub takes none: its ready "
                             "file names no admin endpoint"};
        }
    }
    return std::nullopt;
}

// What earlier runs sent and hit is forgotten, then the first phase begins.
void Run::Coordinator::prepare_hub(TimePoint now) {
    if (!target_.admin) {
        begin_phase(0, now + kPhaseNotice);
        return;
    }
    reset_hub_ledger(
        *http_, target_,
        [this](const Result<std::string>& since, TimePoint when) {
            if (!since) {
                give_up(since.error(), when);
                return;
            }
            hub_counts_since_ = *since;
            reset_limits(when);
        },
        now);
}

void Run::Coordinator::reset_limits(TimePoint now) {
    reset_hub_limits(
        *http_, target_,
        [this](const Result<void>& done, TimePoint when) {
            if (!done) {
                give_up(done.error(), when);
                return;
            }
            watch_players(when);
        },
        now);
}

// At the end: what arrived, then which limits were hit, then what became of the messages with
// threats. Without an answer the run still ends well.
void Run::Coordinator::ask_hub(TimePoint now) {
    if (!target_.admin || failure_) {
        disconnect(now);
        return;
    }
    fetch_hub_ledger(
        *http_, target_,
        [this](Result<HubLedger> ledger, TimePoint when) {
            hub_ledger_ = std::move(ledger);
            if (*hub_ledger_ && (*hub_ledger_)->since != hub_counts_since_) {
                hub_ledger_ = fail(ErrorCode::kPreconditionFailed,
                                   "the hub was started anew while the run went on");
            }
            fetch_limits(when);
        },
        now);
}

void Run::Coordinator::fetch_limits(TimePoint now) {
    fetch_hub_limits(
        *http_, target_,
        [this](Result<HubLimits> limits, TimePoint when) {
            hub_limits_ = std::move(limits);
            fetch_watch(when);
        },
        now);
}

void Run::Coordinator::disconnect(TimePoint now) {
    tell_workers([](Worker& worker, TimePoint at) { worker.disconnect(at); });
    over_at_ = now + kDisconnectTime;
    loop_.wake(handle_);
}

}  // namespace twinstorm::run
