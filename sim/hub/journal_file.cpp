#include "hub/journal_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "hub/limits.h"

namespace twinstorm::hub {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} * 1024;
constexpr mode_t kOwnerOnly = 0600;  // The journal holds keys.

tl::unexpected<Error> io_failure(const std::string& path, std::string_view doing) {
    return fail(ErrorCode::kIo, fmt::format("{}: {}: {}", path, doing, std::strerror(errno)));
}

// Cuts a stream of bytes into lines and counts them.
class LineSplitter {
public:
    LineSplitter(const std::string& path, const JournalFile::LineReader& reader)
        : path_(path), reader_(reader) {}

    [[nodiscard]] Result<void> take(std::string_view bytes) {
        std::size_t end = 0;
        while ((end = bytes.find('\n')) != std::string_view::npos) {
            rest_.append(bytes.substr(0, end));
            bytes.remove_prefix(end + 1);
            if (auto done = finish_line(); !done) {
                return done;
            }
        }
        rest_.append(bytes);
        if (rest_.size() > kJournalLineBytesMax) {
            return refuse_line(fmt::format("longer than {} bytes", kJournalLineBytesMax));
        }
        return {};
    }

    [[nodiscard]] std::uint64_t whole_bytes() const { return whole_bytes_; }

private:
    [[nodiscard]] Result<void> finish_line() {
        auto done = reader_(rest_);
        if (!done) {
            return refuse_line(done.error().message());
        }
        whole_bytes_ += rest_.size() + 1;
        ++lines_;
        rest_.clear();
        return {};
    }

    [[nodiscard]] tl::unexpected<Error> refuse_line(std::string_view why) const {
        return fail(
            ErrorCode::kInvalidArgument,
            fmt::format("{}:{}: {}; remove the file or mend the line", path_, lines_ + 1, why));
    }

    const std::string& path_;
    const JournalFile::LineReader& reader_;
    std::string rest_;
    std::uint64_t whole_bytes_ = 0;
    std::uint64_t lines_ = 0;
};

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

JournalFile::~JournalFile() {
    close_file();
}

Result<void> JournalFile::open(const std::string& path, const LineReader& reader) {
    path_ = path;
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, kOwnerOnly);
    if (file_ < 0) {
        return io_failure(path, "cannot open the journal");
    }
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
        auto failure = io_failure(path, "another hub holds the journal");
        close_file();
        return failure;
    }
    if (auto done = replay(path, reader); !done) {
        close_file();
        return done;
    }
    ready_ = true;
    return {};
}

Result<void> JournalFile::replay(const std::string& path, const LineReader& reader) {
    LineSplitter lines(path, reader);
    std::vector<char> bytes(kReadBytes);
    while (true) {
        const ssize_t got = ::read(file_, bytes.data(), bytes.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return io_failure(path, "cannot read the journal");
        }
        if (got == 0) {
            break;
        }
        const std::string_view piece(bytes.data(), static_cast<std::size_t>(got));
        if (auto done = lines.take(piece); !done) {
            return done;
        }
    }
    bytes_written_ = lines.whole_bytes();
    if (::ftruncate(file_, static_cast<off_t>(bytes_written_)) != 0) {
        return io_failure(path, "cannot cut off the journal's torn last line");
    }
    return {};
}

void JournalFile::write(std::string_view lines) {
    if (!writable()) {
        return;
    }
    if (write_all(file_, lines)) {
        bytes_written_ += lines.size();
        return;
    }
    const std::string why = std::strerror(errno);
    // Half a line in the middle would make the whole file unreadable. Should even the cut fail, the
    // torn end is the last line, which the next start ignores.
    static_cast<void>(::ftruncate(file_, static_cast<off_t>(bytes_written_)) == 0);
    failed_ = true;
    close_file();
    if (on_failure_) {
        on_failure_(fmt::format("{}: cannot write the journal: {}; the hub goes on without it",
                                path_, why));
    }
}

void JournalFile::close_file() {
    if (file_ >= 0) {
        ::close(file_);
        file_ = -1;
    }
}

}  // namespace twinstorm::hub
