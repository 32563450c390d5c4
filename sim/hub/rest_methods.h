// Direct methods over REST: POST /twins/{d}[/modules/{m}]/methods, answered when the device has.
#pragma once

#include "hub/exchange.h"
#include "hub/method_calls.h"
#include "hub/shard.h"
#include "twinstorm/base/time.h"
#include "twinstorm/net/http.h"

namespace twinstorm::hub {

void invoke_method(Shard& here, const ExchangePointer& exchange, TimePoint now);

// Calls the device or module of the request, and answers as `render` says.
using RenderMethodAnswer = net::HttpResponse (*)(MethodAnswer answer);
void call_method(Shard& here, const ExchangePointer& exchange, MethodRequest request,
                 RenderMethodAnswer render, TimePoint now);

}  // namespace twinstorm::hub
