// The certificates of a PEM text as a TLS server would see them: in DER, in their order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace twinstorm::virtual_net {

// What is no certificate is left out, as between the blocks of a PEM file.
[[nodiscard]] std::vector<std::string> certificates_in(std::string_view pem);

}  // namespace twinstorm::virtual_net
