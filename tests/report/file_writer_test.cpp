#include "report/file_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace twinstorm::report {
namespace {

namespace files = std::filesystem;

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class FileWriter : public testing::Test {
protected:
    FileWriter() {
        const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ =
            testing::TempDir() + "twinstorm_" + test->name() + "_" + std::to_string(::getpid());
        files::create_directories(folder_);
    }
    ~FileWriter() override { files::remove_all(folder_); }

    std::string folder_;
};

TEST_F(FileWriter, ReplacesAFileAndLeavesNothingBeside) {
    const std::string path = folder_ + "/result.json";
    ASSERT_TRUE(write_file(path, "old and longer"));
    ASSERT_TRUE(write_file(path, "new"));
    EXPECT_EQ(content_of(path), "new");
    EXPECT_EQ(std::distance(files::directory_iterator(folder_), files::directory_iterator()), 1);
}

TEST_F(FileWriter, WritesMoreThanOnePageAndNothing) {
    const std::string large(300'000, 'x');
    ASSERT_TRUE(write_file(folder_ + "/large", large));
    EXPECT_EQ(content_of(folder_ + "/large"), large);
    ASSERT_TRUE(write_file(folder_ + "/empty", ""));
    EXPECT_EQ(files::file_size(folder_ + "/empty"), 0U);
}

TEST_F(FileWriter, NamesThePathThatCannotBeCreated) {
    const auto written = write_file(folder_ + "/none/result.json", "x");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::kIo);
    EXPECT_NE(written.error().detail.find(folder_ + "/none/result.json"), std::string::npos);
}

TEST_F(FileWriter, AFailedRenameLeavesNoHalfFile) {
    files::create_directories(folder_ + "/taken/inside");
    const auto written = write_file(folder_ + "/taken", "x");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::kIo);
    EXPECT_FALSE(files::exists(folder_ + "/taken.partial"));
    EXPECT_TRUE(files::exists(folder_ + "/taken/inside"));
}

TEST_F(FileWriter, AFullDiskIsExhaustion) {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (full < 0) {
        GTEST_SKIP() << "this machine has no /dev/full";
    }
    const auto written = write_all(full, "x", "out/result.json");
    ::close(full);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::kExhausted);
    EXPECT_NE(written.error().detail.find("out/result.json"), std::string::npos);
}

TEST_F(FileWriter, AReadOnlyFolderIsRefused) {
    if (::geteuid() == 0) {
        GTEST_SKIP() << "root may write anywhere";
    }
    files::permissions(folder_, files::perms::owner_read | files::perms::owner_exec);
    const auto written = write_file(folder_ + "/result.json", "x");
    files::permissions(folder_, files::perms::owner_all);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::kIo);
}

TEST_F(FileWriter, MakesParentsAndAcceptsWhatExists) {
    ASSERT_TRUE(make_folders(folder_ + "/a/b/c"));
    EXPECT_TRUE(files::is_directory(folder_ + "/a/b/c"));
    EXPECT_TRUE(make_folders(folder_ + "/a/b/c"));
    EXPECT_TRUE(make_folders(folder_ + "/a/b/d/"));
}

TEST_F(FileWriter, AFileInTheWayIsNamed) {
    ASSERT_TRUE(write_file(folder_ + "/a", "x"));
    for (const std::string& path : {folder_ + "/a", folder_ + "/a/b"}) {
        const auto made = make_folders(path);
        ASSERT_FALSE(made) << path;
        EXPECT_EQ(made.error().code, ErrorCode::kIo);
        EXPECT_NE(made.error().detail.find(path), std::string::npos);
    }
}

}  // namespace
}  // namespace twinstorm::report
