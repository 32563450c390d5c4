#include "fuzz/amqp_properties.h"
#include "fuzz/fuzz_target.h"

TWINSTORM_FUZZ_TARGET(twinstorm::fuzz::check_amqp)
