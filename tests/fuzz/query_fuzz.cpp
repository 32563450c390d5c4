#include "fuzz/fuzz_target.h"
#include "fuzz/query_properties.h"

TWINSTORM_FUZZ_TARGET(twinstorm::fuzz::check_query)
