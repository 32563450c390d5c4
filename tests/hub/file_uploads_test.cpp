#include "hub/file_uploads.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"

namespace twinstorm::hub {
namespace {

using namespace std::chrono_literals;
using iothub::ServiceErrorCode;

class FileUploadsTest : public ::testing::Test {
protected:
    bool start(const std::string& device, const std::string& id, TimePoint now = kRunStart) {
        const auto started =
            uploads_.start({.correlation_id = id, .device_id = device, .blob_name = id}, now);
        EXPECT_TRUE(started || started.error().code ==
                                   ServiceErrorCode::kDeviceMaximumActiveFileUploadLimitExceeded);
        return started.has_value();
    }

    FileUploads uploads_;
};

TEST_F(FileUploadsTest, GivesADeviceTenPlaces) {
    for (std::size_t i = 0; i < kFileUploadsMax; ++i) {
        EXPECT_TRUE(start("a", std::to_string(i)));
    }
    EXPECT_FALSE(start("a", "one more"));
    EXPECT_TRUE(start("b", "another's"));
    uploads_.end(*uploads_.find("a", "3", kRunStart));
    EXPECT_EQ(uploads_.find("a", "3", kRunStart), nullptr);
    EXPECT_EQ(uploads_.find("a", "4", kRunStart)->correlation_id, "4");
    EXPECT_TRUE(start("a", "one more"));
    EXPECT_EQ(uploads_.open(), kFileUploadsMax + 1);
}

TEST_F(FileUploadsTest, KnowsAnUploadByItsDeviceOnly) {
    start("a", "1");
    EXPECT_EQ(uploads_.find("b", "1", kRunStart), nullptr);
    EXPECT_EQ(uploads_.find("a", "2", kRunStart), nullptr);
    EXPECT_NE(uploads_.find("a", "1", kRunStart), nullptr);
}

TEST_F(FileUploadsTest, EndsThemWithTheirTime) {
    start("a", "1");
    start("a", "2", kRunStart + 1min);
    const TimePoint end = kRunStart + kFileUploadTimeMax;
    EXPECT_NE(uploads_.find("a", "1", end - 1ns), nullptr);
    EXPECT_EQ(uploads_.find("a", "1", end), nullptr);
    EXPECT_NE(uploads_.find("a", "2", end), nullptr);
    EXPECT_EQ(uploads_.find("a", "2", end + 1min), nullptr);
    EXPECT_EQ(uploads_.open(), 0U);
}

TEST_F(FileUploadsTest, ForgetsADevice) {
    start("a", "1");
    start("b", "2");
    uploads_.forget("a");
    uploads_.forget("nobody");
    EXPECT_EQ(uploads_.find("a", "1", kRunStart), nullptr);
    EXPECT_EQ(uploads_.open(), 1U);
    uploads_.clear();
    EXPECT_EQ(uploads_.find("b", "2", kRunStart), nullptr);
    EXPECT_EQ(uploads_.open(), 0U);
}

TEST_F(FileUploadsTest, AddUpTheBlocksThatAreNamed) {
    FileUpload upload;
    ASSERT_TRUE(put_block(upload, "a", 10) && put_block(upload, "b", 5) &&
                put_block(upload, "c", 1));
    EXPECT_FALSE(upload.blob);
    ASSERT_TRUE(put_block(upload, "b", 7));  // Replaces.
    EXPECT_FALSE(commit(upload, {"a", "d"}, kVirtualEpoch));
    EXPECT_FALSE(upload.blob);
    EXPECT_TRUE(commit(upload, {"a", "b"}, kVirtualEpoch + 1s));
    ASSERT_TRUE(upload.blob);
    EXPECT_EQ(upload.blob->bytes, 17U);
    EXPECT_EQ(upload.blob->written, kVirtualEpoch + 1s);
    EXPECT_FALSE(commit(upload, {"c"}, kVirtualEpoch));  // It was dropped.
    put_blob(upload, 3, kVirtualEpoch);
    EXPECT_EQ(upload.blob->bytes, 3U);
}

TEST_F(FileUploadsTest, KeepOnlySoManyBlocks) {
    FileUpload upload;
    for (std::size_t i = 0; i < kBlobBlocksMax; ++i) {
        ASSERT_TRUE(put_block(upload, std::to_string(i), 1));
    }
    EXPECT_FALSE(put_block(upload, "one more", 1));
    EXPECT_TRUE(put_block(upload, "0", 2));
}

}  // namespace
}  // namespace twinstorm::hub
