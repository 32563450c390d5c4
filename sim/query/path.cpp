#include "twinstorm/query/path.h"

#include <boost/json/value.hpp>

namespace twinstorm::query {
namespace {

// `metadata` is the root of the section's own `$metadata` member.
Roots roots_of_section(const std::vector<std::string>& segments, Root values, Root metadata) {
    if (segments.size() == 2) {
        return {values, metadata};
    }
    return segments[2] == "$metadata" ? Roots{metadata} : Roots{values};
}

}  // namespace

const boost::json::value* Path::find(const boost::json::object& document) const {
    const boost::json::value* value = nullptr;
    const boost::json::object* object = &document;
    for (const std::string& segment : segments_) {
        value = object == nullptr ? nullptr : object->if_contains(segment);
        if (value == nullptr) {
            return nullptr;
        }
        object = value->if_object();
    }
    return value;
}

Roots Path::roots() const {
    if (segments_.empty()) {
        return {};
    }
    if (segments_[0] == "tags") {
        return {Root::kTags};
    }
    if (segments_[0] == "configurations") {
        return {Root::kConfigurations};
    }
    if (segments_[0] != "properties") {
        return {Root::kHeader};
    }
    if (segments_.size() == 1) {
        return {Root::kDesired, Root::kDesiredMetadata, Root::kReported, Root::kReportedMetadata};
    }
    if (segments_[1] == "desired") {
        return roots_of_section(segments_, Root::kDesired, Root::kDesiredMetadata);
    }
    if (segments_[1] == "reported") {
        return roots_of_section(segments_, Root::kReported, Root::kReportedMetadata);
    }
    return {};  // Twins have no other properties.
}

}  // namespace twinstorm::query
