#include "fuzz/fuzz_target.h"
#include "fuzz/persona_properties.h"

TWINSTORM_FUZZ_TARGET(twinstorm::fuzz::check_persona)
