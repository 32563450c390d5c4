// A twin: tags, desired and reported properties with metadata and versions, of a device or module.
//
// Rules:  merge patch with null as delete; each accepted write raises the section's $version by
//         one; the etag counts service writes; version = etag counter + reported $version (the
//         published samples agree). A write over a limit is rejected whole. Device-side views hold
//         no metadata.
// Owner:  the hub's twin store. Cost: forty bytes of metadata for each member, no text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"

namespace twinstorm::iothub {

namespace twin_limit {
inline constexpr std::size_t kTagsBytesMax = 8 * 1024;
inline constexpr std::size_t kSectionBytesMax = 32 * 1024;
inline constexpr std::size_t kStringBytesMax = 4 * 1024;
inline constexpr std::size_t kKeyBytesMax = 1024;
inline constexpr int kDepthMax = 10;  // Objects and arrays below the section itself.
inline constexpr std::int64_t kIntegerMin = -4'503'599'627'370'496;
inline constexpr std::int64_t kIntegerMax = 4'503'599'627'370'495;
}  // namespace twin_limit

// RFC 7396 as a twin applies it. Used by the hub on its store and by a device on its copy.
// The order of members is kept; new ones come last.
void merge_patch(boost::json::object& target, const boost::json::object& patch);

// The size that limits count: keys and values, no metadata, no $version.
[[nodiscard]] std::size_t twin_size(const boost::json::object& section);

// Keys, types, depth, string lengths and integer range of a patch, before it is applied.
// `allow_dollar` lets `$version` and `$metadata` pass at the top, as service documents hold them.
[[nodiscard]] Result<void> check_patch(const boost::json::object& patch, bool allow_dollar);

// The body of a desired notice: the patch, nulls included, with the new `$version` at its end.
[[nodiscard]] boost::json::object desired_notice(const boost::json::object& patch,
                                                 std::int64_t version);

// When one level of a section was last written. Its members stand in the order of the section's
// own, so that no key and no text is stored twice; scalars and arrays have none.
struct TwinStamp {
    WallTime updated;
    std::int64_t version = 1;
    std::vector<TwinStamp> members;
};

// What one configuration of the hub does at a twin. Applied: `version` is that of the desired
// section with its newest write, whose metadata name it.
struct TwinConfiguration {
    std::string id;
    std::string digest;  // Of its content.
    bool applied = false;
    std::int64_t version = 0;  // 0: it never had to write.
};

// Both writes check the patch, refuse one that would end over kSectionBytesMax (kLimitExceeded)
// and change nothing then. A desired section ignores `$version` and `$metadata`; a reported one
// refuses them, as any other `$`.
class TwinSection {
public:
    enum class Kind : std::uint8_t { kDesired, kReported };

    TwinSection(Kind kind, WallTime created) : kind_(kind), stamp_{created, 1, {}} {}

    [[nodiscard]] Result<void> patch(const boost::json::object& patch, WallTime now);
    [[nodiscard]] Result<void> replace(const boost::json::object& values, WallTime now);

    [[nodiscard]] const boost::json::object& values() const { return values_; }
    [[nodiscard]] std::int64_t version() const { return version_; }
    [[nodiscard]] boost::json::object with_version() const;  // As a device sees it.
    // As the service sees it.
    [[nodiscard]] boost::json::object with_metadata(
        std::span<const TwinConfiguration> writers = {}) const;

private:
    [[nodiscard]] Result<void> write(const boost::json::object& patch, WallTime now);

    Kind kind_;
    std::int64_t version_ = 1;
    boost::json::object values_;
    TwinStamp stamp_;
};

// What the identity registry contributes to the service's view of a twin.
struct TwinHeader {
    std::string device_id{};
    std::string module_id{};
    std::string identity_etag{};
    std::string status = "enabled";
    std::string status_reason{};
    WallTime status_updated{};  // As the next.
    bool connected = false;
    WallTime last_activity{};  // The epoch itself stands for never.
    std::string authentication_type = "sas";
    std::string primary_thumbprint{};
    std::string secondary_thumbprint{};
    std::string model_id{};
    bool edge = false;
    std::string device_scope{};  // Of edge hierarchies; else empty, and not shown.
    std::string parent_scope{};
    std::size_t cloud_message_count = 0;  // That wait for the device.
    std::vector<TwinConfiguration> configurations{};
};

// What of a service's view is wanted: a query that looks at tags alone renders nothing else.
struct TwinParts {
    bool header = true;  // Every member but the following.
    bool tags = true;
    bool desired = true;
    bool reported = true;
    bool metadata = true;  // Of both sections, where they are wanted.
};

class Twin {
public:
    explicit Twin(WallTime created);

    // Service writes: a body with optional `tags` and `properties.desired`; all else in it is
    // ignored. A patch deletes what is null and raises desired's $version only when it names
    // desired; a replacement empties what is missing and always raises it. `if_match` is empty,
    // `*` or an etag, with or without quotes. Errors: kPreconditionFailed, kInvalidArgument,
    // kLimitExceeded.
    [[nodiscard]] Result<void> patch_by_service(const boost::json::object& body,
                                                std::string_view if_match, WallTime now);
    [[nodiscard]] Result<void> replace_by_service(const boost::json::object& body,
                                                  std::string_view if_match, WallTime now);
    // Device write. Returns the new $version of reported.
    [[nodiscard]] Result<std::int64_t> patch_reported(const boost::json::object& patch,
                                                      WallTime now);

    [[nodiscard]] const boost::json::object& tags() const { return tags_; }
    [[nodiscard]] const TwinSection& desired() const { return desired_; }
    [[nodiscard]] const TwinSection& reported() const { return reported_; }
    [[nodiscard]] std::string etag() const;
    [[nodiscard]] std::int64_t version() const;
    [[nodiscard]] boost::json::object device_view() const;
    [[nodiscard]] std::string device_text() const;  // The same, serialized without a copy.
    [[nodiscard]] boost::json::object service_view(const TwinHeader& header,
                                                   const TwinParts& parts = {}) const;

private:
    [[nodiscard]] Result<void> check_match(std::string_view if_match) const;
    void add_header(boost::json::object& view, const TwinHeader& header) const;
    [[nodiscard]] boost::json::object properties_view(const TwinHeader& header,
                                                      const TwinParts& parts) const;

    boost::json::object tags_;
    TwinSection desired_;
    TwinSection reported_;
    std::int64_t service_writes_ = 1;
};

}  // namespace twinstorm::iothub
