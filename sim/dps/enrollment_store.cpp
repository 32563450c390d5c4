#include "dps/enrollment_store.h"

#include <utility>

#include <fmt/format.h>

#include "dps/enrollment_document.h"
#include "dps/limits.h"
#include "dps/text.h"

namespace twinstorm::dps {
namespace {

tl::unexpected<Fault> not_found(const EnrollmentName& name) {
    return refuse(FaultCode::kNoEnrollment, fmt::format("Enrollment {} not found", name.id));
}

tl::unexpected<Fault> changed() {
    return refuse(FaultCode::kPreconditionFailed, "The etag does not match");
}

}  // namespace

const Enrollment* EnrollmentStore::find(const EnrollmentName& name) const {
    const Map& map = all(name.group);
    const auto found = map.find(lower(name.id));
    return found == map.end() ? nullptr : &found->second;
}

Outcome<const Enrollment*> EnrollmentStore::get(const EnrollmentName& name) const {
    const Enrollment* found = find(name);
    return found == nullptr ? not_found(name) : Outcome<const Enrollment*>(found);
}

Outcome<const Enrollment*> EnrollmentStore::put(const Put& put, const boost::json::object& body,
                                                WallTime now) {
    const Enrollment* const before = find(put.name);
    if (!is_registration_id(put.name.id)) {
        return refuse(FaultCode::kBadRequest, "The id has a character that is not allowed");
    }
    if (before == nullptr && !put.if_match.empty()) {
        return not_found(put.name);
    }
    if (before != nullptr && put.if_match.empty()) {
        return refuse(FaultCode::kExists, fmt::format("Enrollment {} exists", put.name.id));
    }
    if (before != nullptr && !etag_matches(put.if_match, before->etag)) {
        return changed();
    }
    Map& map = put.name.group ? groups_ : individuals_;
    const std::size_t most = put.name.group ? kEnrollmentGroupsMax : kEnrollmentsMax;
    if (before == nullptr && map.size() >= most) {
        return refuse(FaultCode::kQuotaExceeded, fmt::format("There are {} already", most));
    }
    auto made = read_enrollment(body, {put.name, before, hubs_, random_});
    if (!made) {
        return tl::unexpected(made.error());
    }
    made->created = before == nullptr ? now : before->created;
    made->updated = now;
    made->etag = next_etag(random_);
    if (before != nullptr) {
        made->name = before->name;
    }
    Enrollment& stored = map[lower(put.name.id)];
    stored = *std::move(made);
    return &stored;
}

Outcome<void> EnrollmentStore::erase(const EnrollmentName& name, std::string_view if_match) {
    const Enrollment* const before = find(name);
    if (before == nullptr) {
        return not_found(name);
    }
    if (!if_match.empty() && !etag_matches(if_match, before->etag)) {
        return changed();
    }
    (name.group ? groups_ : individuals_).erase(lower(name.id));
    return {};
}

}  // namespace twinstorm::dps
