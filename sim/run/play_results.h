// What workers and the mock hub tell of the playbooks, put together: the rows of the result.
//
// Rule:   one row for each entry of a phase and each role that it was played on, in the plan's
//         order; one without group and persona for an entry that was played nowhere. What the hub
//         cannot tell any more (it forgot, or was asked about too many) makes the row's
//         confirmation unknown, never wrong.
#pragma once

#include <optional>
#include <vector>

#include "run/hub_watch.h"
#include "run/play_report.h"
#include "twinstorm/plan/plan.h"
#include "twinstorm/stats/playbook_result.h"

namespace twinstorm::run {

// Without `watched` there is nobody to confirm anything.
[[nodiscard]] std::vector<stats::PlaybookResult> playbook_results(
    const plan::Plan& plan, const std::vector<PlayedIdentity>& played,
    const WatchedIdentities* watched);

}  // namespace twinstorm::run
