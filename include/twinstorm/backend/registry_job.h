// Makes or removes many identities through the bulk API, a hundred at a time.
//
// Use:    start(); `done` is called once, with what happened. Devices go before their modules.
//         Identities that exist already (or are gone already) are counted, not errors. A throttled
//         request is sent again after a back-off. Owner: one worker; adds itself to the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "twinstorm/backend/service_client.h"
#include "twinstorm/base/secret.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/load/arrival.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::backend {

inline constexpr std::size_t kBulkItemsMax = 100;   // Service REST API, bulk.
inline constexpr std::size_t kBulkRequestsMax = 4;  // Under way at once.
inline constexpr std::uint32_t kBulkAttemptsMax = 60;

struct NewIdentity {
    iothub::IdentityName name;
    Secret key;  // Base64, primary and secondary alike; empty when it is to be removed.
};

struct RegistrySummary {
    std::uint64_t changed = 0;
    std::uint64_t unchanged = 0;  // Existed already, or were gone already.
};

class RegistryJob final : public net::Activity {
public:
    enum class Kind : std::uint8_t { kCreate, kRemove };
    using Done = std::function<void(Result<RegistrySummary>, TimePoint now)>;

    // Devices that own the modules are part of the list when they are to be made as well.
    RegistryJob(Kind kind, ServiceClient& client, net::Loop& loop, std::uint64_t seed, Done done);
    ~RegistryJob() override;

    void start(std::vector<NewIdentity> identities, TimePoint now);
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return retry_at_; }

private:
    struct Chunk {
        std::vector<NewIdentity> items;
        std::uint32_t attempt = 0;
    };

    void send_next(TimePoint now);
    void send(Chunk chunk, TimePoint now);
    void on_answer(Chunk chunk, const Result<net::HttpResponse>& answer, TimePoint now);
    void finish(Result<RegistrySummary> result, TimePoint now);

    Kind kind_;
    ServiceClient& client_;
    net::Loop& loop_;
    net::Handle handle_;
    Done done_;
    Random random_;
    load::Backoff backoff_;
    std::vector<std::vector<Chunk>> stages_;  // Devices, then modules. Last chunk first.
    std::vector<Chunk> again_;
    std::optional<TimePoint> retry_at_;
    std::size_t under_way_ = 0;
    bool finished_ = false;
    RegistrySummary summary_;
};

}  // namespace twinstorm::backend
