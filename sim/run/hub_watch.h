// The mock hub's watch on the agents that play threats: set before the run, read after it.
//
// Use:    set() once, fetch() once; each asks page after page and then calls `done`.
// Owner:  the coordinator, on its thread. One call at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "twinstorm/base/error.h"
#include "twinstorm/base/time.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/net/http.h"
#include "twinstorm/run/target.h"

namespace twinstorm::run {

struct WatchedMessage {
    std::string verdict;         // `accepted`, or why it was ignored.
    std::uint64_t received = 0;  // More than once: it came again.
};

// What the hub kept of one agent, by the number that its message id is.
struct WatchedIdentity {
    std::map<std::uint64_t, WatchedMessage> messages;
    std::uint64_t forgotten = 0;  // The hub had no room for so many, the oldest.
};

using WatchedIdentities = std::map<iothub::IdentityName, WatchedIdentity>;

class HubWatch {
public:
    HubWatch(net::HttpClient& http, const Target& target) : http_(http), target_(target) {}

    // `done`: how many the hub has no room for. Errors: kNotFound for a hub without a watch.
    using SetDone = std::function<void(Result<std::uint64_t> refused, TimePoint now)>;
    void set(std::vector<iothub::IdentityName> identities, SetDone done, TimePoint now);

    // Errors: kPreconditionFailed when the hub was started anew since. The watch ends.
    using FetchDone = std::function<void(Result<WatchedIdentities>, TimePoint now)>;
    void fetch(FetchDone done, TimePoint now);

private:
    void send_names(TimePoint now);
    void on_names_taken(const Result<net::HttpResponse>& answer, TimePoint now);
    void ask_page(TimePoint now);
    void on_page(const Result<net::HttpResponse>& answer, TimePoint now);
    void end_fetch(Result<WatchedIdentities> result, TimePoint now);

    net::HttpClient& http_;
    const Target& target_;
    std::vector<iothub::IdentityName> identities_;
    std::size_t sent_ = 0;
    std::uint64_t refused_ = 0;
    std::string since_;
    SetDone set_done_;
    FetchDone fetch_done_;
    std::string after_;
    WatchedIdentities found_;
};

}  // namespace twinstorm::run
