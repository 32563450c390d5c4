#include "fuzz/fuzz_target.h"
#include "fuzz/twin_properties.h"

TWINSTORM_FUZZ_TARGET(twinstorm::fuzz::check_twin)
