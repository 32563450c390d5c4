#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include "twinstorm/base/check.h"
#include "twinstorm/iothub/service_error.h"
#include "twinstorm/iothub/twin.h"

namespace twinstorm::iothub {
namespace {

namespace json = boost::json;

constexpr std::string_view kVersion = "$version";
constexpr std::string_view kMetadata = "$metadata";
constexpr std::string_view kLastUpdated = "$lastUpdated";
constexpr std::string_view kLastUpdatedVersion = "$lastUpdatedVersion";
constexpr std::string_view kLastUpdatedBy = "$lastUpdatedBy";
constexpr std::string_view kLastUpdatedByDigest = "$lastUpdatedByDigest";

// One write: what its touch leaves on each level it passes.
struct Touch {
    WallTime now;
    std::int64_t version = 0;
};

std::ptrdiff_t index_of(const json::object& object, const json::object::value_type* member) {
    return member - object.begin();
}

// Finds or makes the member, and its stamp where stamps are kept.
std::pair<json::value*, TwinStamp*> open_member(json::object& target, json::string_view key,
                                                TwinStamp* stamp, const Touch& touch) {
    const auto [member, is_new] = target.emplace(key, nullptr);
    if (stamp == nullptr) {
        return {&member->value(), nullptr};
    }
    if (is_new) {
        stamp->members.emplace_back();
    }
    TwinStamp& own = stamp->members[static_cast<std::size_t>(index_of(target, member))];
    own.updated = touch.now;
    own.version = touch.version;
    return {&member->value(), &own};
}

void erase_member(json::object& target, json::string_view key, TwinStamp* stamp) {
    const auto member = target.find(key);
    if (member == target.end()) {
        return;
    }
    if (stamp != nullptr) {
        stamp->members.erase(stamp->members.begin() + index_of(target, member));
    }
    target.stable_erase(member);
}

// The one merge of the program: a device's copy and the hub's store cannot drift apart. `stamp` is
// null where no metadata is kept. The recursion ends with the patch, whose depth is limited.
void merge(json::object& target, const json::object& patch, TwinStamp* stamp, const Touch& touch) {
    for (const auto& [key, value] : patch) {
        if (value.is_null()) {
            erase_member(target, key, stamp);
            continue;
        }
        const auto [member, member_stamp] = open_member(target, key, stamp, touch);
        const bool merges = value.is_object() && member->is_object();
        if (!merges && member_stamp != nullptr) {
            member_stamp->members.clear();
        }
        if (!value.is_object()) {
            *member = value;
            continue;
        }
        if (!merges) {
            member->emplace_object();
        }
        merge(member->get_object(), value.get_object(), member_stamp, touch);
    }
}

json::object without_bookkeeping(const json::object& document) {
    json::object values = document;
    for (const std::string_view key : {kVersion, kMetadata}) {
        if (const auto member = values.find(key); member != values.end()) {
            values.stable_erase(member);
        }
    }
    return values;
}

struct MetadataForm {
    bool with_versions = false;
    std::span<const TwinConfiguration> writers{};  // Each level tells who wrote it.
};

void add_writer(json::object& level, const TwinStamp& stamp, const MetadataForm& form) {
    const auto writer = std::ranges::find(form.writers, stamp.version, &TwinConfiguration::version);
    if (writer != form.writers.end()) {
        level.emplace(kLastUpdatedBy, writer->id);
        level.emplace(kLastUpdatedByDigest, writer->digest);
    }
}

json::object render(const json::object& values, const TwinStamp& stamp, const MetadataForm& form) {
    TWINSTORM_CHECK(stamp.members.size() == values.size());
    json::object level;
    level.emplace(kLastUpdated, format_instant(stamp.updated));
    if (form.with_versions) {
        level.emplace(kLastUpdatedVersion, stamp.version);
        add_writer(level, stamp, form);
    }
    static const json::object kNoMembers;
    auto member_stamp = stamp.members.begin();
    for (const auto& [key, value] : values) {
        const json::object* const inner = value.if_object();
        level.emplace(key, render(inner == nullptr ? kNoMembers : *inner, *member_stamp, form));
        ++member_stamp;
    }
    return level;
}

}  // namespace

void merge_patch(boost::json::object& target, const boost::json::object& patch) {
    merge(target, patch, nullptr, {});
}

boost::json::object desired_notice(const boost::json::object& patch, std::int64_t version) {
    json::object notice = without_bookkeeping(patch);
    notice.emplace(kVersion, version);
    return notice;
}

Result<void> TwinSection::patch(const boost::json::object& patch, WallTime now) {
    if (auto sound = check_patch(patch, kind_ == Kind::kDesired); !sound) {
        return sound;
    }
    const bool clean = !patch.contains(kVersion) && !patch.contains(kMetadata);
    return clean ? write(patch, now) : write(without_bookkeeping(patch), now);
}

Result<void> TwinSection::write(const boost::json::object& patch, WallTime now) {
    // A merge never ends larger than both sides together: most writes need no trial run.
    if (twin_size(values_) + twin_size(patch) > twin_limit::kSectionBytesMax) {
        json::object trial = values_;
        merge_patch(trial, patch);
        if (const std::size_t bytes = twin_size(trial); bytes > twin_limit::kSectionBytesMax) {
            return fail(ErrorCode::kLimitExceeded,
                        fmt::format("The section would have {} bytes; at most {} are allowed.",
                                    bytes, twin_limit::kSectionBytesMax));
        }
    }
    ++version_;
    stamp_.updated = now;
    stamp_.version = version_;
    merge(values_, patch, &stamp_, {now, version_});
    return {};
}

Result<void> TwinSection::replace(const boost::json::object& values, WallTime now) {
    TwinSection fresh(kind_, now);
    fresh.version_ = version_;
    if (auto written = fresh.patch(values, now); !written) {
        return written;
    }
    *this = std::move(fresh);
    return {};
}

boost::json::object TwinSection::with_version() const {
    json::object view = values_;
    view.emplace(kVersion, version_);
    return view;
}

boost::json::object TwinSection::with_metadata(std::span<const TwinConfiguration> writers) const {
    // A desired section that was never written shows no version in its metadata.
    const bool with_versions = kind_ == Kind::kDesired && version_ > 1;
    json::object view = values_;
    view.emplace(kMetadata, render(values_, stamp_, {with_versions, writers}));
    view.emplace(kVersion, version_);
    return view;
}

}  // namespace twinstorm::iothub
