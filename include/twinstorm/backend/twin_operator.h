// The operator: patches module twins through the service API, open loop.
//
// Use:    begin() a task, end() it; the operator tells its observer what became of each patch.
//         Every worker runs the same task with the same seed and sends only the patches of its own
//         identities, so that sixteen workers together send what one would.
// Owner:  one worker; adds itself to the loop. Units: rates per second over the whole fleet.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "twinstorm/backend/service_client.h"
#include "twinstorm/load/arrival.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::backend {

inline constexpr std::size_t kPatchesUnderWayMax = 20'000;  // Of one worker; more fail at once.

struct UpdateTask {
    bool every_device = false;  // One patch for each target; else `rate` patches a second.
    double rate = 0;
    load::ArrivalKind arrivals = load::ArrivalKind::kConstant;
    std::vector<std::string> bodies;  // Desired properties as JSON, taken in turn.
    // Of the whole fleet: numbers of the identities whose twins are patched.
    std::vector<std::uint32_t> targets;
    std::uint64_t seed = 0;
};

class UpdateObserver {
public:
    virtual ~UpdateObserver() = default;
    virtual void on_offered(std::uint32_t device, TimePoint intended) = 0;
    virtual void on_accepted(std::uint32_t device, std::int64_t version, TimePoint intended,
                             TimePoint now) = 0;
    // `again`: it is offered once more after a back-off, counting from the same intended instant.
    virtual void on_refused(std::uint32_t device, const Error& why, bool again, TimePoint intended,
                            TimePoint now) = 0;
};

class TwinOperator final : public net::Activity {
public:
    // The name of an identity of this worker; none for another worker's.
    using Owned = std::function<const iothub::IdentityName*(std::uint32_t identity)>;

    TwinOperator(ServiceClient& client, net::Loop& loop, UpdateObserver& observer, Owned owned);
    ~TwinOperator() override;

    void begin(UpdateTask task, TimePoint start);
    void end(TimePoint at);  // Offers nothing that is due at `at` or later.
    [[nodiscard]] std::size_t under_way() const { return under_way_ + again_.size(); }

    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override;

private:
    struct Patch {
        std::uint32_t device = 0;
        std::size_t body = 0;
        TimePoint intended;
        std::uint32_t attempt = 0;
        std::uint64_t task = 0;
    };
    struct Later {
        TimePoint at;
        Patch patch;
    };

    [[nodiscard]] bool exhausted() const;
    void offer_next(TimePoint now);
    void send(const Patch& patch, TimePoint now);
    void on_answer(const Patch& patch, const Result<std::int64_t>& version, TimePoint now);

    ServiceClient& client_;
    net::Loop& loop_;
    net::Handle handle_;
    UpdateObserver& observer_;
    Owned owned_;
    std::optional<UpdateTask> task_;
    std::vector<std::vector<std::string>> bodies_;  // Of every task so far, for patches sent again.
    std::vector<std::uint32_t> order_;              // The targets, shuffled for a roll-out.
    std::optional<load::Arrivals> arrivals_;
    Random choice_{0};
    load::Backoff backoff_;
    Random jitter_{0};
    std::size_t under_way_ = 0;
    std::vector<Later> again_;
};

}  // namespace twinstorm::backend
