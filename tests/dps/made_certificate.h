// Certificates made for a test: authorities, intermediates and the leaves of devices, of P-256.
// Their dates are given, for tests whose time is virtual.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "twinstorm/base/time.h"

namespace twinstorm::testing {

struct CertificateWish {
    std::string common_name;
    bool authority = false;
    WallTime begins = kVirtualEpoch - std::chrono::hours(24);
    WallTime ends = kVirtualEpoch + std::chrono::hours(24 * 365);
};

class MadeCertificate {
public:
    // Signed by `issuer`, or by itself when there is none.
    explicit MadeCertificate(const CertificateWish& wish, const MadeCertificate* issuer = nullptr);
    ~MadeCertificate();

    std::string der;
    std::string pem;

private:
    struct Objects;
    std::unique_ptr<Objects> objects_;
};

}  // namespace twinstorm::testing
