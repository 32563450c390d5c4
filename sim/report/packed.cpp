#include "report/packed.h"

#include <zlib.h>

#include <cstddef>
#include <vector>

#include "twinstorm/base/base64.h"
#include "twinstorm/base/check.h"

namespace twinstorm::report {

std::string packed(std::string_view text) {
    uLongf length = compressBound(static_cast<uLong>(text.size()));
    std::vector<unsigned char> bytes(length);
    const int outcome =
        compress2(bytes.data(), &length, reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<uLong>(text.size()), Z_BEST_COMPRESSION);
    TWINSTORM_CHECK(outcome == Z_OK);
    return base64_encode({reinterpret_cast<const char*>(bytes.data()), length});
}

}  // namespace twinstorm::report
