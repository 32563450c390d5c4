#include "virtual_net/certificate_chain.h"

#include <utility>

#include "twinstorm/base/base64.h"

namespace twinstorm::virtual_net {
namespace {

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kEnd = "-----END CERTIFICATE-----";

}  // namespace

std::vector<std::string> certificates_in(std::string_view pem) {
    std::vector<std::string> chain;
    for (;;) {
        const std::size_t begin = pem.find(kBegin);
        if (begin == std::string_view::npos) {
            return chain;
        }
        pem.remove_prefix(begin + kBegin.size());
        const std::size_t end = pem.find(kEnd);
        if (end == std::string_view::npos) {
            return chain;
        }
        std::string text(pem.substr(0, end));
        std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
        if (auto der = base64_decode(text)) {
            chain.push_back(std::move(*der));
        }
        pem.remove_prefix(end + kEnd.size());
    }
}

}  // namespace twinstorm::virtual_net
