// What a hub pays to judge a security message: time and allocations for each.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "support/allocations.h"
#include "twinstorm/defender/security_message.h"

namespace twinstorm::defender {
namespace {

constexpr std::string_view kHead =
    R"({"AgentVersion":"4.6.2","AgentId":"072f3eca-3db0-45ba-8174-fa383bc93caf",)"
    R"("MessageSchemaVersion":"1.0","Events":[)";
constexpr std::string_view kLogin =
    R"({"Category":"Triggered","EventType":"Security","Name":"Login","PayloadSchemaVersion":"1.0",)"
    R"("Id":"7fddeb54-8ea7-4bd5-a723-bade5bc56fc5","TimestampLocal":"2024-05-06T09:08:09+02:00",)"
    R"("TimestampUTC":"2024-05-06T07:08:09Z","IsEmpty":false,"Payload":[{"ProcessId":2211,)"
    R"("UserId":"1000","UserName":"pi","Operation":"login","Executable":"/usr/sbin/sshd",)"
    R"("RemoteAddress":"203.0.113.7","RemotePort":"51514","LocalPort":"22","Result":"Fail"}]})";

// The argument: events in the message; one makes about 500 bytes.
void judge_json(benchmark::State& state) {
    std::string body(kHead);
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        body += i == 0 ? "" : ",";
        body += kLogin;
    }
    body += "]}";
    const std::uint64_t before = support::allocations();
    for (auto _ : state) {
        benchmark::DoNotOptimize(judge(body, "", Mode::kStrict));
    }
    const auto made = static_cast<double>(support::allocations() - before);
    state.counters["allocations_per_message"] = made / static_cast<double>(state.iterations());
    state.counters["bytes"] = static_cast<double>(body.size());
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(judge_json)->Arg(1)->Arg(8)->Arg(100);

void judge_what_is_ignored(benchmark::State& state) {
    const std::string body = std::string(kHead) + R"({"Name":"Heartbeat"}]})";
    for (auto _ : state) {
        benchmark::DoNotOptimize(judge(body, "", Mode::kStrict));
    }
}
BENCHMARK(judge_what_is_ignored);

}  // namespace
}  // namespace twinstorm::defender
