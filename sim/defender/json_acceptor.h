// Whether a JSON body is plainly right: one pass over its bytes, without building a document.
//
// Use:    true: schema 1.0 accepts it. False says nothing: it is wrong, or of a rare form (an
//         escape in an enumerated value, a name behind its payload, text beyond ASCII), and has
//         to be looked at closely (json_message.h).
// Cost:   about 0.5 ns a byte, nothing from the heap. Nearly all that agents send is plainly right.
#pragma once

#include <string_view>

#include "twinstorm/defender/security_message.h"

namespace twinstorm::defender {

[[nodiscard]] bool is_plainly_right(std::string_view body, Mode mode);

}  // namespace twinstorm::defender
