// All enrolments, individual ones and groups, with their etags.
//
// Owner:  the service. A pointer to an enrolment holds until the next put() or erase().
// Rules:  without If-Match a PUT creates; with it, it replaces. Ids are case-insensitive.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "dps/enrollment.h"
#include "dps/fault.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"

namespace twinstorm::dps {

class EnrollmentStore {
public:
    using Map = std::map<std::string, Enrollment>;  // By the id in lower case.

    EnrollmentStore(std::uint64_t seed, std::vector<std::string> hubs)
        : random_(seed), hubs_(std::move(hubs)) {}

    struct Put {
        EnrollmentName name;
        std::string_view if_match;
    };
    [[nodiscard]] Outcome<const Enrollment*> put(const Put& put, const boost::json::object& body,
                                                 WallTime now);
    [[nodiscard]] Outcome<const Enrollment*> get(const EnrollmentName& name) const;
    [[nodiscard]] Outcome<void> erase(const EnrollmentName& name, std::string_view if_match);

    [[nodiscard]] const Enrollment* find(const EnrollmentName& name) const;
    [[nodiscard]] const Map& all(bool groups) const { return groups ? groups_ : individuals_; }
    [[nodiscard]] const std::vector<std::string>& hubs() const { return hubs_; }

private:
    Random random_;
    std::vector<std::string> hubs_;
    Map individuals_;
    Map groups_;
};

}  // namespace twinstorm::dps
