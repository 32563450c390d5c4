// A twin: tags, desired and reported properties with metadata and versions, for devices and modules.
//
// Rules:  merge patch with null as delete; each accepted write raises the section's $version by one;
//         the etag counts service writes; version = etag counter + reported $version (the published
//         samples agree). A write over a limit is rejected whole. Device-side views hold no metadata.
// Owner:  the hub's twin store. Cost: no metadata beyond the section's own instant while it is empty.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"

namespace twinstorm::iothub {

namespace twin_limit {
inline constexpr std::size_t kTagsBytesMax = 8 * 1024;
inline constexpr std::size_t kSectionBytesMax = 32 * 1024;
inline constexpr std::size_t kStringBytesMax = 4 * 1024;
inline constexpr std::size_t kKeyBytesMax = 1024;
inline constexpr int kDepthMax = 10;
inline constexpr std::int64_t kIntegerMin = -4'503'599'627'370'496;
inline constexpr std::int64_t kIntegerMax = 4'503'599'627'370'495;
}  // namespace twin_limit

// RFC 7396 as a twin applies it. Used by the hub on its store and by a device on its copy.
void merge_patch(boost::json::object& target, const boost::json::object& patch);

// The size that limits count: keys and values, no metadata, no $version.
[[nodiscard]] std::size_t twin_size(const boost::json::object& section);

// Keys, types, depth, string lengths and integer range of a patch, before it is applied.
// `allow_dollar` lets `$version` and `$metadata` pass at the top, as service documents hold them.
[[nodiscard]] Result<void> check_patch(const boost::json::object& patch, bool allow_dollar);

class TwinSection {
public:
    enum class Kind : std::uint8_t { kDesired, kReported };

    TwinSection(Kind kind, WallTime created) : kind_(kind), updated_(created) {}

    [[nodiscard]] Result<void> patch(const boost::json::object& patch, WallTime now);
    [[nodiscard]] Result<void> replace(const boost::json::object& values, WallTime now);

    [[nodiscard]] const boost::json::object& values() const { return values_; }
    [[nodiscard]] std::int64_t version() const { return version_; }
    [[nodiscard]] boost::json::object with_version() const;   // As a device sees it.
    [[nodiscard]] boost::json::object with_metadata() const;  // As the service sees it.

private:
    Kind kind_;
    WallTime updated_;
    std::int64_t version_ = 1;
    boost::json::object values_;
    boost::json::object metadata_;
};

// What the identity registry contributes to the service's view of a twin.
struct TwinHeader {
    std::string device_id;
    std::string module_id;
    std::string identity_etag;
    std::string status = "enabled";
    bool connected = false;
    WallTime last_activity{};
    std::string authentication_type = "sas";
};

class Twin {
public:
    explicit Twin(WallTime created);

    // Service writes: a body with optional `tags` and `properties.desired`. `if_match` is empty,
    // `*` or an etag, with or without quotes. Errors: kPreconditionFailed, kInvalidArgument,
    // kLimitExceeded.
    [[nodiscard]] Result<void> patch_by_service(const boost::json::object& body,
                                                std::string_view if_match, WallTime now);
    [[nodiscard]] Result<void> replace_by_service(const boost::json::object& body,
                                                  std::string_view if_match, WallTime now);
    // Device write. Returns the new $version of reported.
    [[nodiscard]] Result<std::int64_t> patch_reported(const boost::json::object& patch,
                                                      WallTime now);

    [[nodiscard]] const TwinSection& desired() const { return desired_; }
    [[nodiscard]] const TwinSection& reported() const { return reported_; }
    [[nodiscard]] std::string etag() const;
    [[nodiscard]] std::int64_t version() const;
    [[nodiscard]] boost::json::object device_view() const;
    [[nodiscard]] boost::json::object service_view(const TwinHeader& header) const;

private:
    boost::json::object tags_;
    TwinSection desired_;
    TwinSection reported_;
    std::int64_t service_writes_ = 1;
};

}  // namespace twinstorm::iothub
