// What a refused request is answered with: the service's error number, a text, and when to return.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace twinstorm::dps {

// HTTP (and topic) status = number / 1000.
enum class FaultCode : int {
    kBadRequest = 400004,
    kUnauthorized = 401002,
    kQuotaExceeded = 403002,
    kNoResource = 404000,
    kNoEnrollment = 404201,
    kNoRegistration = 404202,
    kNoMethod = 405000,
    kExists = 409001,
    kPreconditionFailed = 412001,
    kTooLarge = 413001,
    kThrottled = 429001,
};

struct Fault {
    FaultCode code = FaultCode::kBadRequest;
    std::string text{};
    std::chrono::seconds retry_after{0};  // 0: none is told.

    [[nodiscard]] unsigned status() const { return static_cast<unsigned>(code) / 1000; }
};

template <class T>
using Outcome = tl::expected<T, Fault>;

[[nodiscard]] inline tl::unexpected<Fault> refuse(FaultCode code, std::string text,
                                                  std::chrono::seconds retry_after = {}) {
    return tl::unexpected<Fault>(Fault{code, std::move(text), retry_after});
}

}  // namespace twinstorm::dps
