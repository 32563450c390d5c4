#include "run/phase_faults.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "run/admin_request.h"

namespace twinstorm::run {
namespace {

constexpr std::string_view kPage = "/admin/faults";

}  // namespace

PhaseFaults::PhaseFaults(net::HttpClient& http, const Target& target, std::uint64_t seed,
                         std::function<void(Error, TimePoint)> on_failure)
    : http_(http), target_(target), seed_(seed), on_failure_(std::move(on_failure)) {}

void PhaseFaults::plan_for(const plan::Phase& phase, TimePoint begin) {
    next_ = phase.faults.empty() ? nullptr : &phase;
    at_ = next_ != nullptr || set_ ? std::optional(begin) : std::nullopt;
}

void PhaseFaults::clear_at(TimePoint at) {
    next_ = nullptr;
    at_ = set_ ? std::optional(at) : std::nullopt;
}

void PhaseFaults::advance(TimePoint now) {
    if (!at_ || now < *at_) {
        return;
    }
    at_.reset();
    if (next_ != nullptr) {
        set(*next_, now);
    } else {
        clear(now);
    }
}

// What stood there before is replaced.
void PhaseFaults::set(const plan::Phase& phase, TimePoint now) {
    net::HttpRequest request = admin_request(target_, "PUT", std::string(kPage));
    request.headers.emplace_back("Content-Type", "application/json");
    const std::uint64_t seed = plan::phase_seed(seed_, phase.name);
    request.body = boost::json::serialize(plan::faults_json(phase.faults, seed));
    set_ = true;
    http_.send(
        std::move(request),
        [this, name = phase.name](const Result<net::HttpResponse>& answer, TimePoint when) {
            const Result<void> checked = check_admin_answer(answer);
            if (checked) {
                return;
            }
            const std::string sentence = fmt::format("the faults of phase {} could not be set: {}",
                                                     name, checked.error().message());
            if (checked.error().code == ErrorCode::kNotFound) {
                notes_.push_back(sentence);
                return;
            }
            on_failure_(Error{checked.error().code, sentence}, when);
        },
        now);
}

void PhaseFaults::clear(TimePoint now) {
    set_ = false;
    http_.send(
        admin_request(target_, "DELETE", std::string(kPage)),
        [this](const Result<net::HttpResponse>& answer, TimePoint) {
            const Result<void> checked = check_admin_answer(answer);
            if (!checked && checked.error().code != ErrorCode::kNotFound) {
                notes_.push_back("the hub's faults could not be taken back: " +
                                 checked.error().message());
            }
        },
        now);
}

}  // namespace twinstorm::run
