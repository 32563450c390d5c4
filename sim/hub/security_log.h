// Security messages as Defender for IoT would take them: a verdict for each, the newest kept whole.
//
// Use:    record() each one that arrives; newest() shows them, counts() sums them up. They are
//         hidden from the built-in endpoint, as on a real hub, so this is the only place to read
//         them.
// Owner:  a shard. Limits: `kept` messages. No allocation once the slots are warm.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/base/time.h"
#include "twinstorm/defender/security_message.h"
#include "twinstorm/iothub/identity.h"

namespace twinstorm::hub {

struct SecurityMessage {
    std::uint64_t number = 0;  // Rises by one in its shard.
    WallTime at{};
    iothub::IdentityName sender;
    std::string bag;  // Still encoded.
    std::string body;
    defender::Verdict verdict;
};

struct SecurityCounts {
    std::array<std::uint64_t, defender::kReasonCount> by_reason{};

    [[nodiscard]] std::uint64_t accepted() const { return by_reason[0]; }
    [[nodiscard]] std::uint64_t ignored() const;
    SecurityCounts& operator+=(const SecurityCounts& other);
};

class SecurityLog {
public:
    SecurityLog(defender::Mode mode, std::size_t kept) : mode_(mode), kept_max_(kept) {}

    const defender::Verdict& record(const iothub::IdentityName& sender, std::string_view bag,
                                    std::string_view body, WallTime now);
    void reset();

    [[nodiscard]] const SecurityCounts& counts() const { return counts_; }
    // Newest first.
    [[nodiscard]] std::vector<const SecurityMessage*> newest() const;

private:
    void keep(const iothub::IdentityName& sender, std::string_view bag, std::string_view body,
              WallTime now);

    defender::Mode mode_;
    std::size_t kept_max_;
    SecurityCounts counts_;
    defender::Verdict newest_verdict_;
    std::uint64_t recorded_ = 0;
    std::vector<SecurityMessage> kept_;  // A ring.
};

}  // namespace twinstorm::hub
