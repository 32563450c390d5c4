// Pages of a query: how many rows the client wants, and where its next page begins.
//
// Rules:  a continuation token is opaque to the client, and holds a place and not a number of
//         rows: what is added or removed between two pages neither repeats nor hides another row.
//         It is bound to its query; any other, and what nobody was ever given, is refused, 400004.
// Limits: kQueryPageDefault, kQueryPageMax, kContinuationBytesMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "hub/outcome.h"
#include "hub/rest_message.h"
#include "twinstorm/iothub/identity.h"

namespace twinstorm::hub {

// The last row of a page, by what orders the rows.
struct Continuation {
    iothub::IdentityName name{};  // Of twins.
    std::uint64_t job = 0;        // Of jobs, and of their devices.
    std::uint64_t place = 0;      // Of a job's device; of a row of aggregates.
    std::uint64_t given = 0;      // Rows so far, which a query's TOP counts.
};

[[nodiscard]] std::string write_continuation(const Continuation& last, std::string_view query);

struct Paging {
    std::size_t size = 0;
    bool resumes = false;
    Continuation after{};
};

// Of the headers x-ms-max-item-count and x-ms-continuation. Errors: 400002, 400004.
[[nodiscard]] Outcome<Paging> read_paging(const RestRequest& request, std::string_view query);

}  // namespace twinstorm::hub
