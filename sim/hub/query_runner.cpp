#include "hub/query_runner.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <tuple>
#include <utility>

#include <boost/json/serialize.hpp>

#include "hub/job_document.h"
#include "hub/job_runner.h"
#include "hub/limits.h"
#include "hub/shards.h"
#include "hub/twin_index.h"
#include "hub/twin_scan.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using iothub::ServiceErrorCode;

// One shard's part of an aggregate.
struct Tally {
    std::unique_ptr<query::Aggregation> aggregation;
    bool over_limit = false;
};

}  // namespace

QueryRunner::QueryRunner(ExchangePointer exchange, std::string text, query::Query query,
                         Paging paging)
    : exchange_(std::move(exchange)),
      text_(std::move(text)),
      query_(std::move(query)),
      paging_(std::move(paging)) {}

void QueryRunner::run(Shard& here, TimePoint now) {
    if (query_.source() == query::Source::kJobs) {
        here.all.on(here.all.front(), here, now,
                    [self = shared_from_this()](Shard& front, TimePoint then) {
                        front.jobs.store().forget_old(front.instant(then).wall);
                        self->run_jobs(front, then);
                    });
    } else if (query_.aggregates()) {
        run_aggregates(here, now);
    } else {
        run_twins(here, now);
    }
}

std::size_t QueryRunner::rows_wanted() const {
    const std::uint64_t top = query_.top().value_or(std::numeric_limits<std::uint64_t>::max());
    return std::min<std::uint64_t>(paging_.size, top - std::min(top, paging_.after.given));
}

bool QueryRunner::is_full(const QueryPage& page) const {
    return page.rows.size() >= rows_wanted() || page.bytes >= kQueryPageBytesMax;
}

void QueryRunner::add(QueryPage& page, const iothub::IdentityName& name, std::string text) {
    page.bytes += text.size();
    page.rows.push_back({name, std::move(text)});
}

void QueryRunner::run_twins(Shard& here, TimePoint now) {
    TwinSearch<QueryPage> search;
    search.condition = {shared_from_this(), &query_.condition()};
    search.after = paging_.after.name;
    search.visit = [self = shared_from_this()](QueryPage& page, Shard& shard,
                                               const Identity& match) {
        return self->visit(page, shard, match);
    };
    search.done = [self = shared_from_this(), &here](std::vector<QueryPage> pages, TimePoint then) {
        QueryPage page = self->merged(std::move(pages));
        Continuation next = self->paging_.after;
        if (!page.rows.empty()) {
            next.name = page.rows.back().name;
        }
        self->answer(here, std::move(page), std::move(next), then);
    };
    search_twins(here, std::move(search), now);
}

bool QueryRunner::visit(QueryPage& page, Shard& shard, const Identity& match) const {
    if (is_full(page)) {
        page.more = true;
        return false;
    }
    const auto parts = parts_of(query_.row_roots());
    if (const auto document = indexed_view(shard, match, parts, shard.loop.now())) {
        add(page, match.record.name, json::serialize(query_.project(*document)));
    }
    return true;
}

// A shard that stopped had a page of its own, so that no row of others comes before those that it
// has not told.
QueryPage QueryRunner::merged(std::vector<QueryPage> pages) const {
    QueryPage all;
    for (QueryPage& page : pages) {
        all.more = all.more || page.more;
        std::ranges::move(page.rows, std::back_inserter(all.rows));
    }
    std::ranges::sort(all.rows, [](const QueryPage::Row& a, const QueryPage::Row& b) {
        return std::tie(a.name.device_id, a.name.module_id) <
               std::tie(b.name.device_id, b.name.module_id);
    });
    QueryPage first{.rows = {}, .bytes = 0, .more = all.more};
    for (QueryPage::Row& row : all.rows) {
        if (is_full(first)) {
            first.more = true;
            break;
        }
        add(first, row.name, std::move(row.text));
    }
    return first;
}

void QueryRunner::run_aggregates(Shard& here, TimePoint now) {
    TwinSearch<Tally> search;
    search.condition = {shared_from_this(), &query_.condition()};
    search.make = [self = shared_from_this()] {
        return Tally{std::make_unique<query::Aggregation>(self->query_)};
    };
    search.visit = [self = shared_from_this()](Tally& tally, Shard& shard, const Identity& match) {
        const auto parts = parts_of(self->query_.row_roots());
        const auto document = indexed_view(shard, match, parts, shard.loop.now());
        tally.over_limit = document && !tally.aggregation->add(*document);
        return !tally.over_limit;
    };
    search.done = [self = shared_from_this(), &here](const std::vector<Tally>& tallies,
                                                     TimePoint then) {
        query::Aggregation all(self->query_);
        for (const Tally& tally : tallies) {
            if (tally.over_limit || !all.merge(*tally.aggregation)) {
                self->exchange_->answer(
                    here,
                    refuse(ServiceErrorCode::kArgumentInvalid, "The query has too many groups"),
                    then);
                return;
            }
        }
        self->answer_aggregates(here, all, then);
    };
    search_twins(here, std::move(search), now);
}

void QueryRunner::answer_aggregates(Shard& here, const query::Aggregation& all, TimePoint now) {
    const json::array rows = all.rows();
    QueryPage page;
    Continuation next = paging_.after;
    for (; next.place < rows.size() && page.rows.size() < paging_.size &&
           page.bytes < kQueryPageBytesMax;
         ++next.place) {
        add(page, {}, json::serialize(rows[next.place]));
    }
    page.more = next.place < rows.size();
    answer(here, std::move(page), next, now);
}

void QueryRunner::run_jobs(Shard& front, TimePoint now) {
    Continuation& at = paging_.after;
    const JobStore::Jobs& jobs = front.jobs.store().jobs();
    std::size_t spent = 0;
    for (auto job = jobs.lower_bound(at.job); job != jobs.end(); ++job, at.place = 0) {
        if (job->first != at.job) {
            at.job = job->first;
            at.place = 0;
        }
        const std::vector<DeviceJob>& devices = job->second->devices;
        for (; at.place < devices.size(); ++at.place) {
            if (spent >= kScanSliceTwins) {
                front.agenda.at(now, [self = shared_from_this(), &front](TimePoint then) {
                    self->run_jobs(front, then);
                });
                return;
            }
            spent += 1 + kScanRowTwins;
            const json::object row = device_job_view(*job->second, devices[at.place]);
            if (!query_.matches(row)) {
                continue;
            }
            if (is_full(jobs_)) {
                jobs_.more = true;
                answer(front, std::move(jobs_), at, now);
                return;
            }
            add(jobs_, {}, json::serialize(row));
        }
    }
    answer(front, std::move(jobs_), at, now);
}

void QueryRunner::answer(Shard& here, QueryPage page, Continuation next, TimePoint now) {
    std::string body = "[";
    for (const QueryPage::Row& row : page.rows) {
        body += body.size() > 1 ? "," : "";
        body += row.text;
    }
    body += "]";
    if (query_.source() != query::Source::kJobs) {
        const auto refused =
            here.common.quota.charge(QuotaKind::kQueries, body.size(), here.instant(now).wall);
        if (refused) {
            exchange_->answer(here, refuse(*refused, "The hub's messages of this day are used up"),
                              now);
            return;
        }
    }
    net::HttpResponse response{200,
                               {{"Content-Type", std::string(kJsonType)},
                                {"x-ms-item-type", std::string(to_text(query_.item_type()))}},
                               std::move(body)};
    next.given += page.rows.size();
    const bool top_reached = query_.top() && next.given >= *query_.top();
    if (page.more && !top_reached) {
        response.headers.emplace_back("x-ms-continuation", write_continuation(next, text_));
    }
    exchange_->answer(here, std::move(response), now);
}

}  // namespace twinstorm::hub
