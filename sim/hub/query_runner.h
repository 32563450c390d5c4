// Answers a query: pages of twins, aggregates over all of them, or the devices of jobs.
//
// Rules:  twins come in order of device and module id, rows of jobs in order of jobs and devices,
//         aggregates in an order of their own. A page ends early at kQueryPageBytesMax; it says so
//         with a continuation token, as any page that is not the last.
// Owner:  the exchange, until it is answered. Rows of twins are metered as they are answered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hub/exchange.h"
#include "hub/paging.h"
#include "hub/shard.h"
#include "twinstorm/query/aggregation.h"
#include "twinstorm/query/query.h"

namespace twinstorm::hub {

// Rows as text, because they are counted in bytes and cross threads.
struct QueryPage {
    struct Row {
        iothub::IdentityName name;
        std::string text;
    };

    std::vector<Row> rows{};
    std::size_t bytes = 0;
    bool more = false;  // There are rows after the last one.
};

class QueryRunner : public std::enable_shared_from_this<QueryRunner> {
public:
    QueryRunner(ExchangePointer exchange, std::string text, query::Query query, Paging paging);

    void run(Shard& here, TimePoint now);

private:
    [[nodiscard]] std::size_t rows_wanted() const;
    [[nodiscard]] bool is_full(const QueryPage& page) const;
    static void add(QueryPage& page, const iothub::IdentityName& name, std::string text);

    void run_twins(Shard& here, TimePoint now);
    [[nodiscard]] bool visit(QueryPage& page, Shard& shard, const Identity& match) const;
    [[nodiscard]] QueryPage merged(std::vector<QueryPage> pages) const;

    void run_aggregates(Shard& here, TimePoint now);
    void answer_aggregates(Shard& here, const query::Aggregation& all, TimePoint now);

    void run_jobs(Shard& front, TimePoint now);  // A slice; goes on by itself.

    // `next`: where the next page begins, when there is one.
    void answer(Shard& here, QueryPage page, Continuation next, TimePoint now);

    ExchangePointer exchange_;
    std::string text_;
    query::Query query_;
    Paging paging_;
    QueryPage jobs_;  // As far as the slices have come.
};

}  // namespace twinstorm::hub
