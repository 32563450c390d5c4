#include "hub/journal_file.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "hub/limits.h"

namespace twinstorm::testing {
namespace {

// Stands for a full disk: this process may write files no longer than that.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

class JournalFileTest : public ::testing::Test {
protected:
    void SetUp() override { std::filesystem::remove(path_); }
    void TearDown() override { std::filesystem::remove(path_); }

    Result<void> open(hub::JournalFile& journal) {
        read_.clear();
        return journal.open(path_, [this](std::string_view line) -> Result<void> {
            read_.emplace_back(line);
            return line == "bad" ? fail(ErrorCode::kInvalidArgument, "it is bad") : Result<void>{};
        });
    }
    void put(std::string_view bytes) { std::ofstream(path_, std::ios::binary) << bytes; }
    std::string content() {
        std::ostringstream text;
        text << std::ifstream(path_, std::ios::binary).rdbuf();
        return text.str();
    }

    const std::string path_ = ::testing::TempDir() + "twinstorm_journal_" +
                              std::to_string(::getpid()) + "_" +
                              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::vector<std::string> read_;
};

TEST_F(JournalFileTest, ReadsBackWhatItWrote) {
    put("one\ntwo\n");
    hub::JournalFile journal({});
    ASSERT_TRUE(open(journal));
    EXPECT_EQ(read_, (std::vector<std::string>{"one", "two"}));
    journal.write("{\"three\":3}\n");
    EXPECT_EQ(content(), "one\ntwo\n{\"three\":3}\n");
}

TEST_F(JournalFileTest, CutsOffATornLastLine) {
    put("one\ntwo\nthr");
    hub::JournalFile journal({});
    ASSERT_TRUE(open(journal));
    EXPECT_EQ(read_, (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(content(), "one\ntwo\n");
}

TEST_F(JournalFileTest, NamesTheLineThatIsBad) {
    put("one\nbad\nthree\n");
    hub::JournalFile journal({});
    const auto opened = open(journal);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kInvalidArgument);
    EXPECT_TRUE(opened.error().detail.starts_with(path_ + ":2: it is bad"))
        << opened.error().detail;
    EXPECT_EQ(content(), "one\nbad\nthree\n");  // Nothing of it is lost.
    EXPECT_FALSE(journal.writable());
}

TEST_F(JournalFileTest, ReadsLinesLongerThanItsBuffer) {
    const std::string line(700'000, 'x');
    put(line + "\n" + line + "\n");
    hub::JournalFile journal({});
    ASSERT_TRUE(open(journal));
    EXPECT_EQ(read_, (std::vector<std::string>{line, line}));
}

TEST_F(JournalFileTest, RefusesALineWithoutEnd) {
    put(std::string(hub::kJournalLineBytesMax + 10, 'x'));
    hub::JournalFile journal({});
    EXPECT_FALSE(open(journal));
}

TEST_F(JournalFileTest, FailsWhereThereIsNoFolder) {
    hub::JournalFile journal({});
    const auto opened =
        journal.open("/nonexistent/folder/journal", [](auto) -> Result<void> { return {}; });
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kIo);
}

TEST_F(JournalFileTest, BelongsToOneHubAtATime) {
    hub::JournalFile first({});
    ASSERT_TRUE(open(first));
    hub::JournalFile second({});
    const auto opened = open(second);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().detail.find("another hub"), std::string::npos);
}

TEST_F(JournalFileTest, IsForItsOwnerOnly) {
    hub::JournalFile journal({});
    ASSERT_TRUE(open(journal));
    struct stat status {};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(JournalFileTest, EndsAtAWriteThatFailsAndSaysSoOnce) {
    std::vector<std::string> told;
    hub::JournalFile journal([&](std::string_view why) { told.emplace_back(why); });
    ASSERT_TRUE(open(journal));
    journal.write("{\"a\":1}\n");
    {
        const FileSizeLimit limit(20);  // In the middle of the next line.
        journal.write(std::string(100, 'x') + "\n");
    }
    EXPECT_TRUE(journal.failed());
    EXPECT_FALSE(journal.writable());
    EXPECT_EQ(content(), "{\"a\":1}\n");  // Whole lines only.
    journal.write("{\"c\":1}\n");
    EXPECT_EQ(content(), "{\"a\":1}\n");
    ASSERT_EQ(told.size(), 1U);
    EXPECT_NE(told[0].find(path_), std::string::npos);
}

}  // namespace
}  // namespace twinstorm::testing
