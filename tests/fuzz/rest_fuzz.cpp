#include "fuzz/fuzz_target.h"
#include "fuzz/rest_properties.h"

TWINSTORM_FUZZ_TARGET(twinstorm::fuzz::check_rest)
