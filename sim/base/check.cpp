#include "twinstorm/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace twinstorm {

void check_failed(const char* condition, const char* file, int line) {
    static_cast<void>(
        std::fprintf(stderr, "%s:%d: a bug in twinstorm: expected %s\n", file, line, condition));
    std::abort();
}

}  // namespace twinstorm
