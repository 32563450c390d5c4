#include "hub/file_uploads.h"

#include <algorithm>

#include <fmt/format.h>

#include "hub/limits.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::hub {

Outcome<void> FileUploads::start(FileUpload upload, TimePoint now) {
    drop_old(now);
    std::vector<FileUpload>& open = by_device_[upload.device_id];
    if (open.size() >= kFileUploadsMax) {
        return refuse(
            iothub::ServiceErrorCode::kDeviceMaximumActiveFileUploadLimitExceeded,
            fmt::format("The device has {} uploads under way; end one first", kFileUploadsMax));
    }
    upload.ends = now + kFileUploadTimeMax;
    ends_.emplace(std::pair(upload.ends, upload.correlation_id), upload.device_id);
    open.push_back(std::move(upload));
    return {};
}

FileUpload* FileUploads::find(std::string_view device_id, std::string_view correlation_id,
                              TimePoint now) {
    drop_old(now);
    const auto device = by_device_.find(std::string(device_id));
    if (device == by_device_.end()) {
        return nullptr;
    }
    const auto upload =
        std::ranges::find(device->second, correlation_id, &FileUpload::correlation_id);
    return upload == device->second.end() ? nullptr : &*upload;
}

void FileUploads::end(const FileUpload& upload) {
    ends_.erase({upload.ends, upload.correlation_id});
    const auto device = by_device_.find(upload.device_id);
    std::vector<FileUpload>& open = device->second;
    open.erase(open.begin() + (&upload - open.data()));
    if (open.empty()) {
        by_device_.erase(device);
    }
}

void FileUploads::forget(std::string_view device_id) {
    const auto device = by_device_.find(std::string(device_id));
    if (device == by_device_.end()) {
        return;
    }
    for (const FileUpload& upload : device->second) {
        ends_.erase({upload.ends, upload.correlation_id});
    }
    by_device_.erase(device);
}

void FileUploads::clear() {
    by_device_.clear();
    ends_.clear();
}

void FileUploads::drop_old(TimePoint now) {
    while (!ends_.empty() && ends_.begin()->first.first <= now) {
        const auto& [end_and_id, device_id] = *ends_.begin();
        const std::vector<FileUpload>& open = by_device_.find(device_id)->second;
        end(*std::ranges::find(open, end_and_id.second, &FileUpload::correlation_id));
    }
}

void put_blob(FileUpload& upload, std::uint64_t bytes, WallTime now) {
    upload.blocks.clear();
    upload.blob = Blob{bytes, now};
}

bool put_block(FileUpload& upload, const std::string& id, std::uint64_t bytes) {
    if (upload.blocks.size() >= kBlobBlocksMax && !upload.blocks.contains(id)) {
        return false;
    }
    upload.blocks.insert_or_assign(id, bytes);
    return true;
}

bool commit(FileUpload& upload, const std::vector<std::string>& ids, WallTime now) {
    std::uint64_t sum = 0;
    for (const std::string& id : ids) {
        const auto block = upload.blocks.find(id);
        if (block == upload.blocks.end()) {
            return false;
        }
        sum += block->second;
    }
    put_blob(upload, sum, now);
    return true;
}

}  // namespace twinstorm::hub
