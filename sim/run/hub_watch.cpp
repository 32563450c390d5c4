#include "run/hub_watch.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include "run/admin_request.h"
#include "twinstorm/iothub/percent.h"

namespace twinstorm::run {
namespace {

namespace json = boost::json;

constexpr std::string_view kPage = "/admin/security/watch";
constexpr std::size_t kNamesPerRequest = 5'000;  // Far from what a body may hold.
constexpr std::size_t kIdentitiesPerPage = 500;

tl::unexpected<Error> unreadable(const std::exception& error) {
    return fail(ErrorCode::kProtocolViolation,
                fmt::format("the hub's watch cannot be read: {}", error.what()));
}

struct Taken {
    std::string since;
    std::uint64_t refused = 0;
};

Result<Taken> parse_taken(std::string_view body) {
    try {  // Boost.JSON says what is missing or of a wrong type by throwing.
        const json::value document = json::parse({body.data(), body.size()});
        return Taken{json::value_to<std::string>(document.at("since")),
                     json::value_to<std::uint64_t>(document.at("refused"))};
    } catch (const std::exception& error) {
        return unreadable(error);
    }
}

WatchedIdentity parse_identity(const json::value& row) {
    WatchedIdentity identity;
    identity.forgotten = json::value_to<std::uint64_t>(row.at("forgotten"));
    for (const json::value& message : row.at("messages").as_array()) {
        const auto id = json::value_to<std::string>(message.at("id"));
        std::uint64_t sequence = 0;
        const auto [rest, error] = std::from_chars(id.data(), id.data() + id.size(), sequence);
        if (error == std::errc() && rest == id.data() + id.size()) {
            identity.messages[sequence] = {json::value_to<std::string>(message.at("verdict")),
                                           json::value_to<std::uint64_t>(message.at("received"))};
        }
    }
    return identity;
}

struct Page {
    std::string since;
    std::string next;  // Empty on the last one.
};

Result<Page> parse_page(std::string_view body, WatchedIdentities& found) {
    try {
        const json::value document = json::parse({body.data(), body.size()});
        for (const json::value& row : document.at("identities").as_array()) {
            found[{json::value_to<std::string>(row.at("deviceId")),
                   json::value_to<std::string>(row.at("moduleId"))}] = parse_identity(row);
        }
        const json::value& next = document.at("next");
        return Page{json::value_to<std::string>(document.at("since")),
                    next.is_null() ? std::string() : json::value_to<std::string>(next)};
    } catch (const std::exception& error) {
        return unreadable(error);
    }
}

}  // namespace

void HubWatch::set(std::vector<iothub::IdentityName> identities, SetDone done, TimePoint now) {
    identities_ = std::move(identities);
    sent_ = 0;
    refused_ = 0;
    set_done_ = std::move(done);
    send_names(now);
}

// The first request takes the place of what was watched before, the others add to it.
void HubWatch::send_names(TimePoint now) {
    net::HttpRequest request =
        admin_request(target_, sent_ == 0 ? "PUT" : "POST", std::string(kPage));
    request.headers.emplace_back("Content-Type", "application/json");
    json::array names;
    const std::size_t end = std::min(identities_.size(), sent_ + kNamesPerRequest);
    for (; sent_ < end; ++sent_) {
        const iothub::IdentityName& name = identities_[sent_];
        names.push_back(json::array{name.device_id, name.module_id});
    }
    request.body = json::serialize(json::object{{"identities", std::move(names)}});
    http_.send(
        std::move(request),
        [this](const Result<net::HttpResponse>& answer, TimePoint when) {
            on_names_taken(answer, when);
        },
        now);
}

void HubWatch::on_names_taken(const Result<net::HttpResponse>& answer, TimePoint now) {
    const Result<void> checked = check_admin_answer(answer);
    const Result<Taken> taken = checked ? parse_taken(answer->body) : fail(checked.error());
    if (!taken) {
        std::exchange(set_done_, {})(fail(taken.error()), now);
        return;
    }
    since_ = taken->since;
    refused_ += taken->refused;
    if (sent_ < identities_.size()) {
        send_names(now);
        return;
    }
    std::exchange(set_done_, {})(refused_, now);
}

void HubWatch::fetch(FetchDone done, TimePoint now) {
    fetch_done_ = std::move(done);
    after_.clear();
    found_.clear();
    ask_page(now);
}

void HubWatch::ask_page(TimePoint now) {
    std::string page = fmt::format("{}?top={}", kPage, kIdentitiesPerPage);
    if (!after_.empty()) {
        page += "&after=" + iothub::percent_encode(after_);
    }
    http_.send(
        admin_request(target_, "GET", std::move(page)),
        [this](const Result<net::HttpResponse>& answer, TimePoint when) { on_page(answer, when); },
        now);
}

void HubWatch::on_page(const Result<net::HttpResponse>& answer, TimePoint now) {
    const Result<void> checked = check_admin_answer(answer);
    Result<Page> page = checked ? parse_page(answer->body, found_) : fail(checked.error());
    if (!page) {
        end_fetch(fail(page.error()), now);
    } else if (page->since != since_) {
        end_fetch(
            fail(ErrorCode::kPreconditionFailed, "the hub was started anew while the run went on"),
            now);
    } else if (page->next.empty()) {
        end_fetch(std::move(found_), now);
    } else {
        after_ = std::move(page->next);
        ask_page(now);
    }
}

// The hub need not keep any of it longer; whether it hears of that makes no difference here.
void HubWatch::end_fetch(Result<WatchedIdentities> result, TimePoint now) {
    http_.send(
        admin_request(target_, "DELETE", std::string(kPage)),
        [](const Result<net::HttpResponse>&, TimePoint) {}, now);
    std::exchange(fetch_done_, {})(std::move(result), now);
}

}  // namespace twinstorm::run
