#include "fuzz/fuzz_target.h"
#include "fuzz/mqtt_properties.h"

TWINSTORM_FUZZ_TARGET(twinstorm::fuzz::check_mqtt)
