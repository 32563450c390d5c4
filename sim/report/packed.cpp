#include "report/packed.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <cstddef>
#include <vector>

#include "twinstorm/base/check.h"

namespace twinstorm::report {

std::string packed(std::string_view text) {
    uLongf length = compressBound(static_cast<uLong>(text.size()));
    std::vector<unsigned char> bytes(length);
    const int outcome =
        compress2(bytes.data(), &length, reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<uLong>(text.size()), Z_BEST_COMPRESSION);
    TWINSTORM_CHECK(outcome == Z_OK);
    // EVP_EncodeBlock adds a zero byte, for which the string has room behind its end.
    std::string base64((length + 2) / 3 * 4, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()), bytes.data(),
                    static_cast<int>(length));
    return base64;
}

}  // namespace twinstorm::report
