#include "twinstorm/plan/fault.h"

#include <gtest/gtest.h>
#include <boost/json/serialize.hpp>

namespace twinstorm::plan {
namespace {

using namespace std::chrono_literals;
using iothub::OperationClass;

template <class Effect>
Fault fault(Effect effect) {
    Fault made;
    made.effect = std::move(effect);
    return made;
}

std::string json_of(const Fault& fault) {
    const auto object = faults_json({fault}, 1);
    return boost::json::serialize(object.at("faults").as_array().at(0));
}

TEST(Fault, IsWrittenAsTheHubReadsIt) {
    EXPECT_EQ(json_of(fault(LatencyFault{{OperationClass::kTwinReads, OperationClass::kQueries},
                                         LognormalLatency{20ms, 400ms}})),
              R"({"latency":{"operations":["twin_reads","queries"],)"
              R"("lognormal":{"p50_us":20000,"p99_us":400000}},"start_us":0})");
    EXPECT_EQ(json_of(fault(LatencyFault{{}, ConstantLatency{5ms}})),
              R"({"latency":{"constant_us":5000},"start_us":0})");
    EXPECT_EQ(json_of(fault(LatencyFault{{}, ExponentialLatency{7us}})),
              R"({"latency":{"exponential_us":7},"start_us":0})");
    EXPECT_EQ(json_of(fault(LatencyFault{{}, UniformLatency{1us, 2us}})),
              R"({"latency":{"uniform":{"min_us":1,"max_us":2}},"start_us":0})");
    EXPECT_EQ(json_of(fault(ErrorFault{{}, iothub::ServiceErrorCode::kThrottlingException, 1})),
              R"({"error":{"code":429001,"share":1E0},"start_us":0})");
    EXPECT_EQ(json_of(fault(RefuseConnectsFault{0.5, std::uint8_t{3}})),
              R"({"refuse_connects":{"share":5E-1,"return_code":3},"start_us":0})");
    EXPECT_EQ(json_of(fault(DisconnectFault{0, 2})),
              R"({"disconnect":{"rate_per_s":2E0},"start_us":0})");
    EXPECT_EQ(json_of(fault(RestartFault{false, 3s})),
              R"({"restart":{"state":"lose","down_us":3000000},"start_us":0})");
    EXPECT_EQ(json_of(fault(SlowReadsFault{1'024})),
              R"({"slow_reads":{"bytes_per_s":1024},"start_us":0})");
    EXPECT_EQ(json_of(fault(StaleQueriesFault{30s})),
              R"({"stale_queries":{"by_us":30000000},"start_us":0})");
    EXPECT_EQ(json_of(fault(LoseAnswersFault{{}, 0.5})),
              R"({"lose_answers":{"share":5E-1},"start_us":0})");
    EXPECT_EQ(json_of(fault(RatesFault{{{OperationClass::kConnections, 10}}})),
              R"({"rates":{"per_s":{"connections":1E1}},"start_us":0})");
}

TEST(Fault, TellsForWhomAndWhen) {
    Fault stall = fault(DuplicateFault{Duplicated::kCloudToDevice, 0.5});
    stall.device_prefix = "gw-";
    stall.device_share = 0.25;
    stall.start = 1s;
    stall.duration = 2s;
    EXPECT_EQ(json_of(stall), R"({"duplicate":{"what":"cloud_to_device","share":5E-1},)"
                              R"("devices":{"prefix":"gw-","share":2.5E-1},)"
                              R"("start_us":1000000,"duration_us":2000000})");
    EXPECT_EQ(faults_json({stall}, 18'446'744'073'709'551'615u).at("seed").as_uint64(),
              18'446'744'073'709'551'615u);
}

TEST(Fault, DescribesItself) {
    EXPECT_EQ(
        describe(fault(LatencyFault{{OperationClass::kTwinReads}, LognormalLatency{20ms, 400ms}})),
        "latency p50 20ms, p99 400ms on twin_reads");
    EXPECT_EQ(describe(fault(LatencyFault{{}, BimodalLatency{1ms, 1s, 0.01}})),
              "latency 1ms, 1% of them 1s on all operations");
    EXPECT_EQ(describe(fault(LatencyFault{{}, UniformLatency{1ms, 2ms}})),
              "latency 1ms to 2ms on all operations");
    EXPECT_EQ(describe(fault(LatencyFault{{}, ExponentialLatency{1ms}})),
              "latency exponential, mean 1ms on all operations");
    EXPECT_EQ(describe(fault(LatencyFault{{}, ConstantLatency{1ms}})),
              "latency 1ms on all operations");
    EXPECT_EQ(describe(fault(ErrorFault{
                  {OperationClass::kTwinUpdates}, iothub::ServiceErrorCode::kServerError, 0.05})),
              "5% errors 500001 on twin_updates");
    EXPECT_EQ(describe(fault(RefuseConnectsFault{1, std::nullopt})),
              "100% of connects closed without a word");
    EXPECT_EQ(describe(fault(RefuseConnectsFault{0.5, std::uint8_t{5}})),
              "50% of connects refused with code 5");
    EXPECT_EQ(describe(fault(DuplicateFault{Duplicated::kTelemetry, 0.01})),
              "1% of telemetry twice");
    EXPECT_EQ(describe(fault(DisconnectFault{0.3, 0})), "30% of connections cut at once");
    EXPECT_EQ(describe(fault(DisconnectFault{0, 0.5})), "each connection cut 0.5/s");
    EXPECT_EQ(describe(fault(RestartFault{true, 3s})),
              "the hub restarts, keeps its state, down for 3s");
    EXPECT_EQ(describe(fault(StaleQueriesFault{30s})), "queries answer as of 30s ago");
    EXPECT_EQ(describe(fault(LoseAnswersFault{{}, 0.05})),
              "5% of answers lost on twin_reads, twin_updates");
    EXPECT_EQ(describe(fault(LoseAnswersFault{{OperationClass::kTwinReads}, 1})),
              "100% of answers lost on twin_reads");
    EXPECT_EQ(describe(fault(RatesFault{
                  {{OperationClass::kConnections, 10}, {OperationClass::kTwinReads, 0.5}}})),
              "connections at 10/s, twin_reads at 0.5/s");
    Fault slow = fault(SlowReadsFault{2'048});
    slow.device_prefix = "gw-";
    slow.device_share = 0.1;
    slow.start = 5s;
    slow.duration = 10s;
    EXPECT_EQ(describe(slow),
              "connections read at 2.0 KiB/s, devices gw-*, 10% of the devices, after 5s, for 10s");
}

}  // namespace
}  // namespace twinstorm::plan
