#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/sample_result.h"
#include "twinstorm/report/report.h"

namespace twinstorm::report {
namespace {

namespace files = std::filesystem;

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class WriteFolder : public testing::Test {
protected:
    ~WriteFolder() override { files::remove_all(root_); }

    const std::string root_ =
        testing::TempDir() + "twinstorm_write_folder_" + std::to_string(::getpid());
    const std::string folder_ = root_ + "/out/run";
};

TEST_F(WriteFolder, WritesEveryFileOfTheContract) {
    const stats::RunResult result = test::sample_result();
    const auto written = write_folder(result, folder_);
    ASSERT_TRUE(written) << written.error().message();
    EXPECT_EQ(content_of(folder_ + "/result.json"), stats::write_json(result));
    EXPECT_EQ(content_of(folder_ + "/report.html"), html(result));
    EXPECT_EQ(content_of(folder_ + "/junit.xml"), junit(result));
    EXPECT_EQ(content_of(folder_ + "/summary.md"), markdown(result));
    EXPECT_EQ(content_of(folder_ + "/timeline.csv"), timeline_csv(result));
    EXPECT_EQ(std::distance(files::directory_iterator(folder_), files::directory_iterator()), 5);
}

TEST_F(WriteFolder, AllElseIsThereWhenThePageCannotBeWritten) {
    files::create_directories(folder_ + "/report.html/in_the_way");
    const auto written = write_folder(test::sample_result(), folder_);
    ASSERT_FALSE(written);
    EXPECT_NE(written.error().detail.find("report.html"), std::string::npos);
    EXPECT_TRUE(files::exists(folder_ + "/result.json"));
    EXPECT_TRUE(files::exists(folder_ + "/junit.xml"));
    EXPECT_TRUE(files::exists(folder_ + "/timeline.csv"));
}

TEST_F(WriteFolder, ReportsFromAReadResultAreTheSame) {
    const stats::RunResult result = test::failed_result();
    const auto again = stats::read_json(stats::write_json(result));
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(junit(*again), junit(result));
    EXPECT_EQ(timeline_csv(*again), timeline_csv(result));
}

}  // namespace
}  // namespace twinstorm::report
