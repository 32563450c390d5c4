// What must hold for any bytes that claim to speak the dialect: nothing crashes, what was accepted
// comes back when it is written and read again, and two readers of the same text agree.
//
// Use:    from a unit test over known hostile inputs, or from a fuzzer with whatever it makes up.
//         A broken property ends the program through TWINSTORM_CHECK.
#pragma once

#include <string_view>

namespace twinstorm::iothub {

void check_percent(std::string_view input);
void check_user_name(std::string_view input);
void check_connection_string(std::string_view input);
void check_sas_token(std::string_view input);
void check_property_bag(std::string_view input);
void check_topic(std::string_view input);
void check_twin_patch(std::string_view input);
void check_rest_error(std::string_view input);

void check_dialect(std::string_view input);  // All of the above.

}  // namespace twinstorm::iothub
