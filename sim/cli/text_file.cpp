#include "cli/text_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace twinstorm::cli {
namespace {

tl::unexpected<Error> io_error(const std::string& path) {
    return fail(errno == ENOSPC ? ErrorCode::kExhausted : ErrorCode::kIo,
                fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return fail(ErrorCode::kNotFound,
                    fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    }
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

Result<void> write_private_file(const std::string& path, std::string_view text) {
    const std::string temporary = path + ".new";
    const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) {
        return io_error(temporary);
    }
    const bool written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(file);
    if (!written || std::rename(temporary.c_str(), path.c_str()) != 0) {
        return io_error(path);
    }
    return {};
}

}  // namespace twinstorm::cli
