#include "fuzz/fuzz_target.h"
#include "fuzz/hub_properties.h"

TWINSTORM_FUZZ_TARGET(twinstorm::fuzz::check_hub)
