// The embedded mock hub: a child process of the run, so that files and CPU are told apart.
//
// Use:    start(); then its ready file says where it listens. It ends with the object, or with us.
// Errors: kCannotServe's sentence when it did not come up. Owner: the run's command.
#pragma once

#include <string>

#include "twinstorm/base/error.h"
#include "twinstorm/plan/plan.h"
#include "twinstorm/run/mock_target.h"

namespace twinstorm::cli {

class HubChild {
public:
    // `log` takes what the hub says; the folder for its state is made and removed by us.
    [[nodiscard]] static Result<HubChild> start(const plan::MockHub& mock, const std::string& log);

    HubChild(HubChild&& other) noexcept;
    HubChild& operator=(HubChild&&) = delete;
    HubChild(const HubChild&) = delete;
    HubChild& operator=(const HubChild&) = delete;
    ~HubChild();

    [[nodiscard]] const run::ReadyHub& ready() const { return ready_; }

private:
    HubChild(int process, std::string folder) : process_(process), folder_(std::move(folder)) {}

    int process_ = -1;
    std::string folder_;
    run::ReadyHub ready_;
};

}  // namespace twinstorm::cli
