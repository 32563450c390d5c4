// One REST exchange under way: the request, and the one answer it will get.
//
// Use:    made where the request came in; a route answers at once, or keeps the pointer, goes from
//         shard to shard with it, and answers later. answer() from any shard's thread, once.
// Owner:  whoever works on it: it is handed on, never used by two shards at a time. Shared only
//         because work that is posted must be copyable.
#pragma once

#include <memory>

#include "hub/outcome.h"
#include "hub/rest_message.h"
#include "hub/shard.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

class Exchange {
public:
    Exchange(Shard& origin, net::HttpRequest request, net::HttpReply reply);
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    [[nodiscard]] Outcome<void> read(Instant now);  // First of all.
    [[nodiscard]] RestRequest& request() { return read_; }

    // `here` is the shard on whose thread this is called.
    void answer(Shard& here, Outcome<net::HttpResponse> response, TimePoint now);

private:
    Shard& origin_;
    net::HttpRequest http_;
    net::HttpReply reply_;
    RestRequest read_;
};

using ExchangePointer = std::shared_ptr<Exchange>;  // Why shared: see above.

}  // namespace twinstorm::hub
