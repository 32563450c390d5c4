// The member `playbooks` of result.json: written, and read back.
//
// Members that only a mock hub can know are null without one. `confirmed` repeats in a word what
// the numbers say; reading does not need it.
#pragma once

#include <vector>

#include <boost/json/array.hpp>

#include "stats/json_cursor.h"
#include "twinstorm/stats/playbook_result.h"

namespace twinstorm::stats {

[[nodiscard]] boost::json::array playbooks_json(const std::vector<PlaybookResult>& rows);
// Results of older programs have no such member.
void read_playbooks(const JsonCursor& result, std::vector<PlaybookResult>& rows);

}  // namespace twinstorm::stats
