// Alerts that only the legacy list knows, and recommendations that follow from agents' data.
//
// Left out: what only an agent can do or leave (`IoT agent failed to parse the module twin
// configuration`, the configuration conflicts, unutilized messages, `Device silent`), and what the
// hub judges by itself.

#include <array>

#include "host/entries.h"
#include "host/playbook_rows.h"

namespace twinstorm::host {
namespace {

constexpr std::uint32_t kBruteSource = 0xcb007142;  // 203.0.113.66
constexpr std::uint32_t kAttemptMs = 3'000;

constexpr Step attempt(unsigned number, LoginOperation operation, std::uint16_t user) {
    return log_in(operation, user, own(number))
        .with_address(kBruteSource)
        .at_terminal(operation == LoginOperation::kLogin ? kSomePts
                                                         : std::uint8_t{terminal::kSshNoTty})
        .after(kAttemptMs * number);
}

// Names in turn, from one source, over one flow that grows.
template <std::size_t kAttempts>
constexpr std::array<Step, kAttempts + 1> attempts() {
    std::array<Step, kAttempts + 1> steps{};
    steps[0] = serve(connection::kSshIn, 22, service(program::kSshd))
                   .with_address(kBruteSource)
                   .of_size(20 * kAttempts, 130, 45);
    for (unsigned i = 1; i <= kAttempts; ++i) {
        const auto user = i % 3 == 0 ? std::uint16_t{user::kRoot}
                                     : static_cast<std::uint16_t>(user::kStrangerFirst + i % 6);
        steps[i] = attempt(i, LoginOperation::kLoginFailed, user);
    }
    return steps;
}

constexpr unsigned kFailures = 12;
constexpr unsigned kFailuresAlone = 20;

constexpr std::array<Step, kFailures + 3> succeed() {
    std::array<Step, kFailures + 3> steps{};
    const auto failures = attempts<kFailures>();
    for (std::size_t i = 0; i < failures.size(); ++i) {
        steps[i] = failures[i];
    }
    steps[kFailures + 1] = attempt(kFailures + 1, LoginOperation::kLogin, user::kTechnician);
    steps[kFailures + 2] =
        run(program::kBash, own(kFailures + 2), own(kFailures + 1), user::kTechnician)
            .after(kAttemptMs * (kFailures + 1) + 500);
    return steps;
}

constexpr Step bad(std::uint16_t program) {
    return run(program, own(1), service(program::kCron));
}

constexpr auto kBruteForce = succeed();
constexpr auto kFailedBruteForce = attempts<kFailuresAlone>();
constexpr std::array kOverwrite{bad(program::kOverwriteLs)};
constexpr std::array kPromote{bad(program::kUsermodAdd)};
constexpr std::array kDemote{bad(program::kGpasswdDelete)};
constexpr std::array kDelete{bad(program::kUserdel)};
constexpr std::array kListen{bad(program::kNcListen)};
constexpr std::array kPermit{bad(program::kIptablesPermissive)};

constexpr auto kShown = Evidence::kShown;
constexpr auto kDescribed = Evidence::kDescribed;

constexpr PlaybookRow kRows[] = {
    {"successful-brute-force", "", "Successful Bruteforce attempt", "High", kDescribed,
     kBruteForce},
    {"failed-brute-force", "", "Failed Bruteforce attempt", "Low", kDescribed, kFailedBruteForce},
    {"user-added-to-group", "", "Local user added to group", "Low", kDescribed, kPromote,
     Trace::kUserPromoted},
    {"user-deleted-from-group", "", "Local user deleted from group", "Low", kDescribed, kDemote,
     Trace::kUserDemoted},
    {"user-deleted", "", "Local user deleted", "Low", kDescribed, kDelete, Trace::kUserDeleted},
    {"common-files-overridden", "", "Potential overriding of common files", "Medium", kDescribed,
     kOverwrite},
    // Recommendations.
    {"open-ports", "", "Open ports on device", "Medium", kShown, kListen, Trace::kOpenPort, true},
    {"permissive-firewall-policy",
     "",
     "Permissive firewall policy in a chain",
     "Medium",
     kShown,
     {},
     Trace::kPermissivePolicy,
     true},
    {"permissive-input-rule", "", "Permissive firewall rule in the input chain", "Medium", kShown,
     kPermit, Trace::kPermissiveInput, true},
    {"permissive-output-rule",
     "",
     "Permissive firewall rule in the output chain",
     "Medium",
     kShown,
     {},
     Trace::kPermissiveOutput,
     true},
    {"os-baseline-failed",
     "",
     "OS baseline validation failed",
     "Medium",
     kDescribed,
     {},
     Trace::kChecksFail,
     true},
    {"cis-benchmarks-diot-test",
     "IoT_CISBenchmarks_DIoTTest",
     "OS baseline validation failed",
     "Medium",
     kShown,
     {},
     Trace::kTestCheckFails,
     true},
};

}  // namespace

std::span<const PlaybookRow> legacy_playbooks() {
    return kRows;
}

}  // namespace twinstorm::host
