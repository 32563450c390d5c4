// A hub that starts: the journal is read back into the shards, then kept.
#pragma once

#include <string>

#include "hub/journal_file.h"
#include "hub/shards.h"
#include "twinstorm/base/error.h"

namespace twinstorm::hub {

// Errors: kIo; kInvalidArgument with the line and what is wrong about it.
[[nodiscard]] Result<void> open_journal(JournalFile& file, Shards& shards, const std::string& path);

}  // namespace twinstorm::hub
