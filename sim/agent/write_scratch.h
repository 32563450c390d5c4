// Where message writers build what they append to a batch; kept with it, so that its memory stays
// warm.
#pragma once

#include "agent/flat_message.h"
#include "agent/json_writer.h"

namespace twinstorm::agent {

struct WriteScratch {
    JsonScratch json;
    FlatScratch flat;
};

}  // namespace twinstorm::agent
