// Files that devices are uploading: who may put what, until when, and how much of it has come.
//
// Use:    start() gives a place and a correlation id; put_blob(), or put_block() and commit(), as
//         storage is asked to; end() with the device's word of how it went.
// Owner:  a shard, for its devices, on its loop. Bytes are counted, never kept.
// Limits: kFileUploadsMax of a device, for kFileUploadTimeMax each; kBlobBlocksMax of an upload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hub/instant.h"
#include "hub/outcome.h"
#include "twinstorm/base/time.h"

namespace twinstorm::hub {

struct Blob {
    std::uint64_t bytes = 0;
    WallTime written{};
};

struct FileUpload {
    std::string correlation_id{};
    std::string device_id{};
    std::string blob_name{};  // `{device}/{name}`
    std::string storage{};    // `host:port` that the device was told.
    TimePoint ends{};
    std::optional<Blob> blob{};                     // None until it is whole.
    std::map<std::string, std::uint64_t> blocks{};  // Bytes of those staged, by id.
};

class FileUploads {
public:
    // Errors: 403006 DeviceMaximumActiveFileUploadLimitExceeded.
    [[nodiscard]] Outcome<void> start(FileUpload upload, TimePoint now);
    // None: never started, ended, or out of time.
    [[nodiscard]] FileUpload* find(std::string_view device_id, std::string_view correlation_id,
                                   TimePoint now);
    void end(const FileUpload& upload);
    void forget(std::string_view device_id);  // It was deleted.
    void clear();

    [[nodiscard]] std::size_t open() const { return ends_.size(); }

private:
    void drop_old(TimePoint now);

    std::unordered_map<std::string, std::vector<FileUpload>> by_device_;
    std::map<std::pair<TimePoint, std::string>, std::string> ends_;  // Correlation id, device.
};

void put_blob(FileUpload& upload, std::uint64_t bytes, WallTime now);
// False: there are too many of them.
[[nodiscard]] bool put_block(FileUpload& upload, const std::string& id, std::uint64_t bytes);
// False: a block was not staged. Blocks that are not named are dropped.
[[nodiscard]] bool commit(FileUpload& upload, const std::vector<std::string>& ids, WallTime now);

}  // namespace twinstorm::hub
