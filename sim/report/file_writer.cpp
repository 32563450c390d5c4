#include "report/file_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace twinstorm::report {
namespace {

Result<void> failure(int error_number, std::string_view action, const std::string& path) {
    constexpr std::array kOutOfRoom{ENOSPC, EDQUOT, EFBIG, EMFILE, ENFILE, ENOMEM};
    ErrorCode code = ErrorCode::kIo;
    for (const int out_of_room : kOutOfRoom) {
        code = error_number == out_of_room ? ErrorCode::kExhausted : code;
    }
    return fail(code, fmt::format("cannot {} {}: {}", action, path,
                                  std::generic_category().message(error_number)));
}

// The content is on the disk before the name points at it: a crash leaves the old file.
Result<void> write_synced(const std::string& path, std::string_view content) {
    constexpr mode_t kEveryoneReads = 0644;
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kEveryoneReads);
    if (file < 0) {
        return failure(errno, "create", path);
    }
    Result<void> written = write_all(file, content, path);
    if (written && ::fsync(file) != 0) {
        written = failure(errno, "write", path);
    }
    // A network file system may report a full disk as late as this.
    if (::close(file) != 0 && written) {
        written = failure(errno, "write", path);
    }
    return written;
}

}  // namespace

Result<void> make_folders(const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return failure(error.value(), "create the folder", folder);
    }
    if (!std::filesystem::is_directory(folder, error)) {
        return failure(ENOTDIR, "write into", folder);
    }
    return {};
}

Result<void> write_all(int file, std::string_view content, const std::string& path) {
    while (!content.empty()) {
        const ssize_t count = ::write(file, content.data(), content.size());
        if (count < 0 && errno != EINTR) {
            return failure(errno, "write", path);
        }
        if (count > 0) {
            content.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    return {};
}

Result<void> write_file(const std::string& path, std::string_view content) {
    const std::string partial = path + ".partial";
    Result<void> written = write_synced(partial, content);
    if (written && std::rename(partial.c_str(), path.c_str()) != 0) {
        written = failure(errno, "rename a finished file to", path);
    }
    if (!written) {
        ::unlink(partial.c_str());  // Leave no half file; the first error is the one that counts.
    }
    return written;
}

}  // namespace twinstorm::report
