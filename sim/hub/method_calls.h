// Direct methods under way on one shard's devices and modules: each is answered exactly once.
//
// Use:    call(); the connection tells when it has subscribed, what was replied, and that it is
//         gone. `done` comes on the shard's thread, at once or later.
// Owner:  a shard, on its loop; what is under way when it ends is dropped. A call waits for an
//         identity by name, so that it may come and go. Limits: kMethodsInFlightMax, limits.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "hub/agenda.h"
#include "hub/identity.h"
#include "hub/outcome.h"
#include "twinstorm/iothub/topic.h"
#include "twinstorm/mqtt/packet.h"

namespace twinstorm::hub {

struct Shard;

struct MethodRequest {
    std::string method;
    std::string payload;  // JSON text; empty: none was given.
    std::chrono::seconds response_timeout{30};
    std::chrono::seconds connect_timeout{0};  // How long to wait for an offline device.
};

// Members as in the body of POST .../methods and of a job. Errors: 400004, 413001.
[[nodiscard]] Outcome<MethodRequest> read_method_request(const boost::json::object& body);

struct MethodAnswer {
    std::int64_t status = 0;     // The device's own.
    boost::json::value payload;  // Null when it sent none.
};
// `{"status":201,"payload":{...}}`
[[nodiscard]] boost::json::object method_answer_view(MethodAnswer answer);

struct MethodCounts {
    std::uint64_t calls = 0;
    std::uint64_t answered = 0;  // By the device, in time and form.
    std::uint64_t failed = 0;
    std::uint64_t ignored_replies = 0;  // Late, or to nothing that was asked.

    MethodCounts& operator+=(const MethodCounts& other);
};

class MethodCalls {
public:
    // Errors: 403800, 404001, 404010, 404103, 502000 for a reply that is not JSON or too large,
    // 504101.
    using Done = std::function<void(Outcome<MethodAnswer> answer, TimePoint now)>;

    explicit MethodCalls(Shard& shard) : shard_(shard) {}

    void call(const iothub::IdentityName& name, MethodRequest request, Done done, TimePoint now);

    void subscribed(const Identity& identity, TimePoint now);
    void replied(const Identity& identity, const iothub::MethodResponseTopic& topic,
                 mqtt::Bytes payload, TimePoint now);
    void connection_lost(const Identity& identity, TimePoint now);

    [[nodiscard]] const MethodCounts& counts() const { return counts_; }
    [[nodiscard]] std::size_t in_flight() const { return calls_.size(); }

private:
    struct Call {
        MethodRequest request;
        Done done;
        Agenda::Entry time_out;
        bool sent = false;
    };
    using Key = std::pair<iothub::IdentityName, std::uint64_t>;
    using Calls = std::map<Key, Call>;

    [[nodiscard]] std::vector<Key> calls_of(const iothub::IdentityName& name, bool sent) const;
    void send(const Identity& identity, Calls::iterator call, TimePoint now);
    void wait_for_device(Calls::iterator call, TimePoint now);
    void finish(const Key& key, Outcome<MethodAnswer> answer, TimePoint now);

    Shard& shard_;
    Calls calls_;
    std::uint64_t last_ = 0;
    MethodCounts counts_;
};

}  // namespace twinstorm::hub
