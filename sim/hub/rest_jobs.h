// Routes of jobs: PUT, GET and cancel under /jobs/v2, their query, and the import and export jobs
// under /jobs, which have no storage here to read from or write to and are refused, 400008.
#pragma once

#include "hub/exchange.h"
#include "hub/shard.h"

namespace twinstorm::hub {

void create_job(Shard& here, const ExchangePointer& exchange, TimePoint now);
void get_job(Shard& here, const ExchangePointer& exchange, TimePoint now);
void cancel_job(Shard& here, const ExchangePointer& exchange, TimePoint now);
void query_jobs(Shard& here, const ExchangePointer& exchange, TimePoint now);

void create_transfer(Shard& here, const ExchangePointer& exchange, TimePoint now);
void list_transfers(Shard& here, const ExchangePointer& exchange, TimePoint now);
void get_transfer(Shard& here, const ExchangePointer& exchange, TimePoint now);

}  // namespace twinstorm::hub
