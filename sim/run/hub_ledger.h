// What a mock hub counted itself, fetched over its admin API.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "twinstorm/base/error.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/net/http.h"
#include "twinstorm/run/target.h"

namespace twinstorm::run {

struct HubLedger {
    struct Kind {
        std::uint64_t duplicated = 0;
        std::uint64_t reordered = 0;
        std::map<iothub::IdentityName, std::uint64_t> distinct;
    };
    std::string since;  // When the hub began to count.
    Kind security;
    Kind telemetry;  // Plain: without security messages.
};

// Forgets what earlier runs sent; the result is since when the hub counts anew.
void reset_hub_ledger(net::HttpClient& http, const Target& target,
                      std::function<void(Result<std::string>, TimePoint)> done, TimePoint now);
void fetch_hub_ledger(net::HttpClient& http, const Target& target,
                      std::function<void(Result<HubLedger>, TimePoint)> done, TimePoint now);

}  // namespace twinstorm::run
