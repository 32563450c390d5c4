// The service's shared access policies, and who may do what over the service API.
#pragma once

#include <string_view>
#include <vector>

#include "dps/fault.h"
#include "dps/instant.h"
#include "twinstorm/dps/provisioning_service.h"

namespace twinstorm::dps {

inline constexpr std::string_view kOwnerPolicy = "provisioningserviceowner";

class Policies {
public:
    explicit Policies(const Options& options);

    // `authorization` is the header's value, `path` begins with `/` and is decoded. Errors: 401002.
    [[nodiscard]] Outcome<void> admit(std::string_view authorization, Right right,
                                      std::string_view path, WallTime now) const;
    [[nodiscard]] const ServicePolicy& owner() const { return policies_.front(); }

private:
    std::string host_name_;
    std::vector<ServicePolicy> policies_;
};

}  // namespace twinstorm::dps
