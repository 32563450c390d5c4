#include "twinstorm/backend/registry_job.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "twinstorm/iothub/service_error.h"

namespace twinstorm::backend {
namespace {

namespace json = boost::json;

constexpr unsigned kOk = 200;
constexpr unsigned kBadRequest = 400;  // Some items failed; the body says which.
constexpr unsigned kTooManyRequests = 429;

json::object item(const NewIdentity& identity, RegistryJob::Kind kind) {
    json::object object{{"id", identity.name.device_id}};
    if (identity.name.is_module()) {
        object["moduleId"] = identity.name.module_id;
    }
    if (kind == RegistryJob::Kind::kRemove) {
        object["importMode"] = "delete";
        return object;
    }
    object["importMode"] = "create";
    object["status"] = "enabled";
    object["authentication"] = {
        {"type", "sas"},
        {"symmetricKey",
         {{"primaryKey", identity.key.reveal()}, {"secondaryKey", identity.key.reveal()}}}};
    return object;
}

// Errors that mean: it is already as it should be. Hubs name or number them.
bool is_harmless(const json::value& error, RegistryJob::Kind kind) {
    constexpr std::array<std::string_view, 4> kExists{"DeviceAlreadyExists", "409001",
                                                      "ModuleAlreadyExistsOnDevice", "409301"};
    constexpr std::array<std::string_view, 4> kGone{"DeviceNotFound", "404001", "ModuleNotFound",
                                                    "404010"};
    const json::value* const code =
        error.is_object() ? error.get_object().if_contains("errorCode") : nullptr;
    if (code == nullptr) {
        return false;
    }
    const std::string text =
        code->is_string() ? std::string(code->get_string()) : json::serialize(*code);
    const auto& harmless = kind == RegistryJob::Kind::kCreate ? kExists : kGone;
    return std::ranges::find(harmless, text) != harmless.end();
}

struct BulkAnswer {
    std::uint64_t harmless = 0;
    std::optional<std::string> first_error;
};

BulkAnswer read_bulk_answer(std::string_view body, RegistryJob::Kind kind) {
    BulkAnswer answer;
    boost::system::error_code error;
    const json::value document = json::parse({body.data(), body.size()}, error);
    const json::value* const errors = error ? nullptr : document.find_pointer("/errors", error);
    if (errors == nullptr || !errors->is_array()) {
        answer.first_error = "the hub's bulk answer is no bulk answer";
        return answer;
    }
    for (const json::value& entry : errors->get_array()) {
        if (is_harmless(entry, kind)) {
            ++answer.harmless;
        } else if (!answer.first_error) {
            answer.first_error = json::serialize(entry);
        }
    }
    return answer;
}

}  // namespace

RegistryJob::RegistryJob(Kind kind, ServiceClient& client, net::Loop& loop, std::uint64_t seed,
                         Done done)
    : kind_(kind),
      client_(client),
      loop_(loop),
      handle_(loop.add(*this)),
      done_(std::move(done)),
      random_(derive(seed, "registry")) {}

RegistryJob::~RegistryJob() {
    loop_.remove(handle_);
}

void RegistryJob::start(std::vector<NewIdentity> identities, TimePoint now) {
    const auto modules = std::stable_partition(
        identities.begin(), identities.end(),
        [](const NewIdentity& identity) { return !identity.name.is_module(); });
    const auto cut = [this](auto begin, auto end) {
        std::vector<Chunk>& stage = stages_.emplace_back();
        while (begin != end) {
            const auto size = std::min<std::ptrdiff_t>(kBulkItemsMax, end - begin);
            stage.push_back({std::vector<NewIdentity>(begin, begin + size), 0});
            begin += size;
        }
        std::ranges::reverse(stage);
    };
    // What is sent first stands last. Removing a device removes its modules with it.
    cut(modules, identities.end());
    cut(identities.begin(), modules);
    send_next(now);
}

void RegistryJob::advance(TimePoint now) {
    if (retry_at_ && *retry_at_ <= now) {
        retry_at_.reset();
        std::vector<Chunk> again = std::exchange(again_, {});
        for (Chunk& chunk : again) {
            send(std::move(chunk), now);
        }
    }
}

void RegistryJob::send_next(TimePoint now) {
    while (!finished_ && under_way_ < kBulkRequestsMax && again_.empty()) {
        while (!stages_.empty() && stages_.back().empty()) {
            if (under_way_ > 0) {
                return;  // The next stage needs this one whole.
            }
            stages_.pop_back();
        }
        if (stages_.empty()) {
            finish(summary_, now);
            return;
        }
        Chunk chunk = std::move(stages_.back().back());
        stages_.back().pop_back();
        send(std::move(chunk), now);
    }
}

void RegistryJob::send(Chunk chunk, TimePoint now) {
    json::array items;
    for (const NewIdentity& identity : chunk.items) {
        items.push_back(item(identity, kind_));
    }
    ++under_way_;
    client_.exchange(
        "POST", "/devices", json::serialize(items),
        [this, chunk = std::move(chunk)](const Result<net::HttpResponse>& answer, TimePoint when) {
            on_answer(chunk, answer, when);
        },
        now);
}

void RegistryJob::on_answer(Chunk chunk, const Result<net::HttpResponse>& answer, TimePoint now) {
    --under_way_;
    if (finished_) {
        return;
    }
    if (!answer) {
        finish(fail(answer.error()), now);
        return;
    }
    if (answer->status == kTooManyRequests && ++chunk.attempt < kBulkAttemptsMax) {
        const TimePoint retry = now + backoff_.wait(chunk.attempt, random_);
        retry_at_ = retry_at_ ? std::min(*retry_at_, retry) : retry;
        again_.push_back(std::move(chunk));
        loop_.wake(handle_);
        return;
    }
    if (answer->status != kOk && answer->status != kBadRequest) {
        finish(fail(iothub::read_rest_error(answer->status, answer->body)), now);
        return;
    }
    const BulkAnswer bulk = read_bulk_answer(answer->body, kind_);
    if (bulk.first_error) {
        finish(fail(ErrorCode::kRefused,
                    fmt::format("the hub refused an identity: {}", *bulk.first_error)),
               now);
        return;
    }
    summary_.unchanged += bulk.harmless;
    summary_.changed += chunk.items.size() - bulk.harmless;
    send_next(now);
}

void RegistryJob::finish(Result<RegistrySummary> result, TimePoint now) {
    finished_ = true;
    done_(std::move(result), now);
}

}  // namespace twinstorm::backend
