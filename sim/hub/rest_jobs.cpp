#include "hub/rest_jobs.h"

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "hub/job_document.h"
#include "hub/job_runner.h"
#include "hub/json_fields.h"
#include "hub/paging.h"
#include "hub/shards.h"
#include "twinstorm/query/source.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;

constexpr std::size_t kJobPlace = 2;  // Of the id in `/jobs/v2/{id}`.

// Jobs are the front shard's.
void answer_at_front(Shard& here, const ExchangePointer& exchange, TimePoint now,
                     Outcome<net::HttpResponse> (*route)(Shard& front, const RestRequest& request,
                                                         Instant now)) {
    here.all.on(here.all.front(), here, now, [exchange, route](Shard& front, TimePoint then) {
        exchange->answer(front, route(front, exchange->request(), front.instant(then)), then);
    });
}

Outcome<net::HttpResponse> shown(const Outcome<Job*>& job) {
    if (!job) {
        return tl::unexpected(job.error());
    }
    return json_response(200, job_view(**job));
}

Outcome<net::HttpResponse> create(Shard& front, const RestRequest& request, Instant now) {
    const auto body = parse_object(request.body);
    if (!body) {
        return tl::unexpected(body.error());
    }
    const std::string& id = request.segments[kJobPlace];
    auto wanted = read_job_request(*body, id, now.wall);
    if (!wanted) {
        return tl::unexpected(wanted.error());
    }
    return shown(front.jobs.create(id, *std::move(wanted), now));
}

struct JobFilter {
    std::string_view type;  // Empty: any.
    std::string_view status;

    [[nodiscard]] bool matches(const Job& job) const {
        return (type.empty() || name(job.request->kind) == type) &&
               (status.empty() || has_status(job, status));
    }
};

Outcome<JobFilter> read_filter(const RestRequest& request) {
    const JobFilter filter{request.parameter("jobType").value_or(std::string_view()),
                           request.parameter("jobStatus").value_or(std::string_view())};
    if (!filter.type.empty() && !find_job_kind(filter.type)) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "jobType is unknown");
    }
    if (!filter.status.empty() && !is_job_status(filter.status)) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "jobStatus is unknown");
    }
    return filter;
}

Outcome<net::HttpResponse> query(Shard& front, const RestRequest& request, Instant now) {
    const auto filter = read_filter(request);
    if (!filter) {
        return tl::unexpected(filter.error());
    }
    const std::string text = fmt::format("jobs?{}&{}", filter->type, filter->status);
    const auto paging = read_paging(request, text);
    if (!paging) {
        return tl::unexpected(paging.error());
    }
    front.jobs.store().forget_old(now.wall);
    const JobStore::Jobs& jobs = front.jobs.store().jobs();
    json::array page;
    auto next = jobs.lower_bound(paging->after.job);
    for (; next != jobs.end(); ++next) {
        if (!filter->matches(*next->second)) {
            continue;
        }
        if (page.size() == paging->size) {
            break;
        }
        page.push_back(job_view(*next->second));
    }
    net::HttpResponse response = json_response(200, page);
    response.headers.emplace_back("x-ms-item-type", to_text(query::ItemType::kJobResponse));
    if (next != jobs.end()) {
        response.headers.emplace_back("x-ms-continuation",
                                      write_continuation({.job = next->first}, text));
    }
    return response;
}

}  // namespace

void create_job(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    answer_at_front(here, exchange, now, create);
}

void get_job(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    answer_at_front(here, exchange, now,
                    [](Shard& front, const RestRequest& request, Instant then) {
                        return shown(front.jobs.require(request.segments[kJobPlace], then));
                    });
}

void cancel_job(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    answer_at_front(here, exchange, now,
                    [](Shard& front, const RestRequest& request, Instant then) {
                        return shown(front.jobs.cancel(request.segments[kJobPlace], then));
                    });
}

void query_jobs(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    answer_at_front(here, exchange, now, query);
}

void create_transfer(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    exchange->answer(here,
                     refuse(ServiceErrorCode::kBlobContainerValidationError,
                            "This hub has no blob storage: devices cannot be imported or exported; "
                            "POST /devices creates a hundred at a time"),
                     now);
}

void list_transfers(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    exchange->answer(here, json_response(200, json::array()), now);
}

void get_transfer(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    exchange->answer(here, refuse(ServiceErrorCode::kJobNotFound, "There is no such job"), now);
}

}  // namespace twinstorm::hub
