#include "hub/rest_query.h"

#include <memory>
#include <string>
#include <utility>

#include "hub/json_fields.h"
#include "hub/paging.h"
#include "hub/query_runner.h"
#include "twinstorm/query/query.h"

namespace twinstorm::hub {
namespace {

using iothub::ServiceErrorCode;

// Shared by the work at all shards; the last of them lets it go.
Outcome<std::shared_ptr<QueryRunner>> read_query(const ExchangePointer& exchange) {
    const auto body = parse_object(exchange->request().body);
    if (!body) {
        return tl::unexpected(body.error());
    }
    const auto text = text_at(*body, "query");
    if (!text || text->empty()) {
        return refuse(ServiceErrorCode::kArgumentInvalid, "query is missing or no string");
    }
    auto query = query::parse(*text);
    if (!query) {
        return refuse(ServiceErrorCode::kArgumentInvalid, query.error().message());
    }
    auto paging = read_paging(exchange->request(), *text);
    if (!paging) {
        return tl::unexpected(paging.error());
    }
    // Shared by the work on all shards, until the last of it has ended.
    return std::make_shared<QueryRunner>(exchange, std::string(*text), *std::move(query),
                                         *std::move(paging));
}

}  // namespace

void run_query(Shard& here, const ExchangePointer& exchange, TimePoint now) {
    const auto runner = read_query(exchange);
    if (!runner) {
        exchange->answer(here, tl::unexpected(runner.error()), now);
        return;
    }
    (*runner)->run(here, now);
}

}  // namespace twinstorm::hub
