// What an operation of the service API gives: a value, or the hub's own error number and text.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "twinstorm/base/error.h"
#include "twinstorm/iothub/service_error.h"

namespace twinstorm::hub {

template <class T>
using Outcome = tl::expected<T, iothub::ServiceError>;

[[nodiscard]] inline tl::unexpected<iothub::ServiceError> refuse(iothub::ServiceErrorCode code,
                                                                 std::string text) {
    return tl::unexpected<iothub::ServiceError>(iothub::ServiceError{code, std::move(text)});
}

// A twin's write that failed: 412001 for an etag, 400004 for everything about its body.
[[nodiscard]] inline tl::unexpected<iothub::ServiceError> refuse(const Error& error) {
    const bool precondition = error.code == ErrorCode::kPreconditionFailed;
    return refuse(precondition ? iothub::ServiceErrorCode::kPreconditionFailed
                               : iothub::ServiceErrorCode::kArgumentInvalid,
                  error.message());
}

}  // namespace twinstorm::hub
