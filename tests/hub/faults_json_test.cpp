#include "hub/faults_json.h"

#include <gtest/gtest.h>

namespace twinstorm::hub {
namespace {

using namespace std::chrono_literals;
using iothub::OperationClass;

Result<Faults> parse(const std::string& faults) {
    return parse_faults(R"({"faults":[)" + faults + "]}", kRunStart);
}

Fault one(const std::string& fault) {
    const auto parsed = parse(fault);
    EXPECT_TRUE(parsed) << fault << ": " << (parsed ? "" : parsed.error().detail);
    return parsed && parsed->faults().size() == 1 ? parsed->faults().front() : Fault();
}

template <class Effect>
Effect effect_of(const std::string& fault) {
    const Fault parsed = one(fault);
    const auto* const effect = std::get_if<Effect>(&parsed.effect);
    EXPECT_NE(effect, nullptr) << fault;
    return effect != nullptr ? *effect : Effect();
}

std::string mistake(const std::string& fault) {
    const auto parsed = parse(fault);
    EXPECT_FALSE(parsed) << fault;
    return parsed ? std::string() : parsed.error().detail;
}

TEST(FaultsJson, ReadsEveryFormOfLatency) {
    const auto form = [](const std::string& text) {
        return effect_of<LatencyFault>(R"({"latency":{)" + text + "}}").form;
    };
    EXPECT_EQ(std::get<ConstantLatency>(form(R"("constant_us":5000)")).value, 5ms);
    EXPECT_EQ(std::get<ExponentialLatency>(form(R"("exponential_us":7)")).mean, 7us);
    const auto uniform = std::get<UniformLatency>(form(R"("uniform":{"min_us":1,"max_us":2})"));
    EXPECT_EQ(uniform.min, 1us);
    EXPECT_EQ(uniform.max, 2us);
    const auto lognormal =
        std::get<LognormalLatency>(form(R"("lognormal":{"p50_us":20000,"p99_us":400000})"));
    EXPECT_EQ(lognormal.p50, 20ms);
    EXPECT_EQ(lognormal.p99, 400ms);
    const auto bimodal = std::get<BimodalLatency>(
        form(R"("bimodal":{"fast_us":1,"slow_us":1000000,"slow_share":0.01})"));
    EXPECT_EQ(bimodal.slow, 1s);
    EXPECT_DOUBLE_EQ(bimodal.slow_share, 0.01);
}

TEST(FaultsJson, ReadsEveryOtherEffect) {
    const auto error = effect_of<ErrorFault>(
        R"({"error":{"operations":["twin_reads","queries"],"code":500001,"share":0.5}})");
    EXPECT_EQ(error.operations.count(), 2u);
    EXPECT_TRUE(error.operations.test(static_cast<std::size_t>(OperationClass::kQueries)));
    EXPECT_EQ(error.code, iothub::ServiceErrorCode::kServerError);
    EXPECT_TRUE(effect_of<ErrorFault>(R"({"error":{"code":429001,"share":1}})").operations.all());
    EXPECT_EQ(
        effect_of<RefuseConnectsFault>(R"({"refuse_connects":{"share":1,"return_code":3}})").answer,
        mqtt::ConnectCode::kServerUnavailable);
    EXPECT_FALSE(effect_of<RefuseConnectsFault>(R"({"refuse_connects":{"share":0.5}})").answer);
    EXPECT_DOUBLE_EQ(
        effect_of<DropAcknowledgementsFault>(R"({"drop_acknowledgements":{"share":0.25}})").share,
        0.25);
    EXPECT_EQ(
        effect_of<DuplicateFault>(R"({"duplicate":{"what":"cloud_to_device","share":0.25}})").what,
        Duplicated::kCloudToDevice);
    EXPECT_DOUBLE_EQ(effect_of<DisconnectFault>(R"({"disconnect":{"share":0.3}})").share, 0.3);
    EXPECT_DOUBLE_EQ(effect_of<DisconnectFault>(R"({"disconnect":{"rate_per_s":2}})").rate_per_s,
                     2);
    EXPECT_EQ(one(R"({"stall":{},"duration_us":2000000})").duration, Duration(2s));
    const auto restart = effect_of<RestartFault>(R"({"restart":{"state":"lose","down_us":5}})");
    EXPECT_EQ(restart.down, 5us);
    EXPECT_FALSE(restart.keeps_state);
    EXPECT_EQ(effect_of<SlowReadsFault>(R"({"slow_reads":{"bytes_per_s":1024}})").bytes_per_s,
              1'024u);
    EXPECT_EQ(effect_of<StaleQueriesFault>(R"({"stale_queries":{"by_us":30000000}})").by, 30s);
    using iothub::OperationClass;
    const auto lost = effect_of<LoseAnswersFault>(R"({"lose_answers":{"share":0.5}})");
    EXPECT_DOUBLE_EQ(lost.share, 0.5);
    EXPECT_EQ(lost.operations.count(), 2U);
    EXPECT_TRUE(lost.operations.test(static_cast<std::size_t>(OperationClass::kTwinUpdates)));
    const auto reads =
        effect_of<LoseAnswersFault>(R"({"lose_answers":{"share":1,"operations":["twin_reads"]}})");
    EXPECT_EQ(reads.operations.count(), 1U);
    const auto rates =
        effect_of<RatesFault>(R"({"rates":{"per_s":{"connections":10,"configurations":0.5}}})");
    EXPECT_DOUBLE_EQ(rates.per_s[static_cast<std::size_t>(OperationClass::kConnections)], 10);
    EXPECT_DOUBLE_EQ(rates.per_s[static_cast<std::size_t>(OperationClass::kConfigurations)], 0.5);
    EXPECT_DOUBLE_EQ(rates.per_s[static_cast<std::size_t>(OperationClass::kQueries)], 0);
}

TEST(FaultsJson, ReadsForWhomAndWhen) {
    const Fault fault =
        one(R"({"drop_acknowledgements":{"share":1},"devices":{"prefix":"gw-","share":0.1},)"
            R"("start_us":1000000,"duration_us":2000000})");
    EXPECT_EQ(fault.device_prefix, "gw-");
    EXPECT_DOUBLE_EQ(fault.device_share, 0.1);
    EXPECT_EQ(fault.start, 1s);
    EXPECT_EQ(fault.duration, Duration(2s));
    const Fault plain = one(R"({"drop_acknowledgements":{"share":1}})");
    EXPECT_EQ(plain.device_prefix, "");
    EXPECT_DOUBLE_EQ(plain.device_share, 1);
    EXPECT_EQ(plain.start, 0s);
    EXPECT_FALSE(plain.duration);
}

TEST(FaultsJson, TheSeedDecides) {
    const auto at = [](const std::string& seed) {
        return parse_faults(
            R"({"seed":)" + seed + R"(,"faults":[{"drop_acknowledgements":{"share":0.5}}]})",
            kRunStart);
    };
    const FaultSubject who = fault_subject("d", "m");
    const auto first = at("18446744073709551615");
    const auto again = at("18446744073709551615");
    const auto other = at("2");
    ASSERT_TRUE(first && again && other);
    int differ = 0;
    for (std::uint64_t n = 0; n < 100; ++n) {
        const bool drops = first->drops_acknowledgement(who, n, kRunStart);
        EXPECT_EQ(drops, again->drops_acknowledgement(who, n, kRunStart));
        differ += drops != other->drops_acknowledgement(who, n, kRunStart) ? 1 : 0;
    }
    EXPECT_GT(differ, 20);
    EXPECT_FALSE(at("-1"));
    EXPECT_FALSE(at("\"x\""));
}

TEST(FaultsJson, SaysWhereTheMistakeIs) {
    EXPECT_EQ(mistake("{}"),
              "faults[0]: expected exactly one effect, such as latency, error or "
              "stall");
    EXPECT_EQ(mistake("7"), "faults[0]: expected an object");
    EXPECT_EQ(mistake(R"({"latency":{"constant_us":5},"stall":{}})"),
              "faults[0]: expected exactly one effect, such as latency, error or stall");
    EXPECT_EQ(mistake(R"({"jitter":{}})"), "faults[0].jitter: is not known here");
    EXPECT_EQ(mistake(R"({"drop_acknowledgements":{"share":1}},{"error":{"code":1,"share":1}})"),
              "faults[1].error.code: expected a whole number from 400000 to 599999");
    EXPECT_EQ(mistake(R"({"error":{"code":499999,"share":1}})"),
              "faults[0].error.code: is no error number of a hub; expected one such as 500001");
    EXPECT_EQ(mistake(R"({"error":{"code":500001}})"), "faults[0].error.share: is missing");
    EXPECT_EQ(mistake(R"({"error":{"code":500001,"share":1.5}})"),
              "faults[0].error.share: expected a number above 0, at most 1");
    EXPECT_EQ(mistake(R"({"error":{"code":500001,"share":0}})"),
              "faults[0].error.share: expected a number above 0, at most 1");
    EXPECT_EQ(mistake(R"({"error":{"code":500001,"share":1,"operations":["twins"]}})"),
              "faults[0].error.operations: expected operation classes such as `twin_reads`");
    EXPECT_EQ(mistake(R"({"error":{"code":500001,"share":1,"operations":[]}})"),
              "faults[0].error.operations: expected a list of operation classes");
    EXPECT_EQ(mistake(R"({"refuse_connects":{"share":1,"return_code":0}})"),
              "faults[0].refuse_connects.return_code: expected a whole number from 1 to 5");
    EXPECT_EQ(mistake(R"({"duplicate":{"what":"all","share":1}})"),
              "faults[0].duplicate.what: expected telemetry or cloud_to_device");
    EXPECT_EQ(mistake(R"({"restart":{"state":"maybe","down_us":1}})"),
              "faults[0].restart.state: expected keep or lose");
    EXPECT_EQ(mistake(R"({"slow_reads":{"bytes_per_s":0}})"),
              "faults[0].slow_reads.bytes_per_s: expected a whole number from 1 to 1073741824");
}

TEST(FaultsJson, ChecksWhatNamesOperations) {
    EXPECT_EQ(mistake(R"({"stale_queries":{"by_us":3600000001}})"),
              "faults[0].stale_queries.by_us: expected a whole number from 1 to 3600000000");
    EXPECT_EQ(mistake(R"({"lose_answers":{"share":1,"operations":["queries"]}})"),
              "faults[0].lose_answers.operations: expected twin_reads, twin_updates or both");
    EXPECT_EQ(mistake(R"({"lose_answers":{}})"), "faults[0].lose_answers.share: is missing");
    EXPECT_EQ(mistake(R"({"rates":{}})"), "faults[0].rates.per_s: is missing");
    EXPECT_EQ(mistake(R"({"rates":{"per_s":{}}})"),
              "faults[0].rates.per_s: expected a rate for an operation class");
    EXPECT_EQ(mistake(R"({"rates":{"per_s":{"twins":1}}})"),
              "faults[0].rates.per_s.twins: is not an operation class");
    EXPECT_EQ(mistake(R"({"rates":{"per_s":{"queries":0}}})"),
              "faults[0].rates.per_s.queries: expected a number above 0, at most 1e+06");
    EXPECT_EQ(mistake(R"({"rates":{"per_s":{"queries":1e-9}}})"),
              "faults[0].rates.per_s.queries: expected at least 1e-06");
    for (const std::string effect :
         {R"("rates":{"per_s":{"queries":1}})", R"("stale_queries":{"by_us":1})"}) {
        EXPECT_EQ(mistake("{" + effect + R"(,"devices":{"prefix":"a"}})"),
                  "faults[0].devices: says nothing: this happens to the whole hub");
    }
}

TEST(FaultsJson, ChecksLatenciesAgainstThemselves) {
    const auto of = [](const std::string& text) {
        return mistake(R"({"latency":{)" + text + "}}");
    };
    EXPECT_EQ(of(""),
              "faults[0].latency: expected one of constant_us, exponential_us, uniform, "
              "lognormal and bimodal");
    EXPECT_EQ(of(R"("constant_us":1,"exponential_us":1)"),
              "faults[0].latency: expected one of constant_us, exponential_us, uniform, lognormal "
              "and bimodal");
    EXPECT_EQ(of(R"("constant_us":600000001)"),
              "faults[0].latency.constant_us: expected a whole number from 0 to 600000000");
    EXPECT_EQ(of(R"("constant_us":-1)"),
              "faults[0].latency.constant_us: expected a whole number from 0 to 600000000");
    EXPECT_EQ(of(R"("constant_us":1.5)"),
              "faults[0].latency.constant_us: expected a whole number from 0 to 600000000");
    EXPECT_EQ(of(R"("uniform":{"min_us":2,"max_us":1})"),
              "faults[0].latency.uniform.max_us: is below min_us");
    EXPECT_EQ(of(R"("lognormal":{"p50_us":2,"p99_us":1})"),
              "faults[0].latency.lognormal.p99_us: is below p50_us");
    EXPECT_EQ(of(R"("lognormal":{"p50_us":0,"p99_us":1})"),
              "faults[0].latency.lognormal.p50_us: expected a whole number from 1 to 600000000");
    EXPECT_EQ(of(R"("bimodal":{"fast_us":2,"slow_us":1})"),
              "faults[0].latency.bimodal.slow_share: is missing");
}

TEST(FaultsJson, ChecksSpansAndDevices) {
    EXPECT_EQ(mistake(R"({"stall":{}})"), "faults[0].duration_us: is missing: a stall has to end");
    EXPECT_EQ(mistake(R"({"stall":{},"duration_us":0})"),
              "faults[0].duration_us: expected a whole number from 1 to 2592000000000");
    EXPECT_EQ(mistake(R"({"stall":{},"duration_us":1,"devices":{}})"),
              "faults[0].devices: says nothing: this happens to the whole hub");
    EXPECT_EQ(mistake(R"({"restart":{"state":"keep","down_us":1},"duration_us":1})"),
              "faults[0].duration_us: says nothing: this happens at one instant");
    EXPECT_EQ(mistake(R"({"disconnect":{"share":1},"duration_us":1})"),
              "faults[0].duration_us: says nothing: this happens at one instant");
    EXPECT_EQ(mistake(R"({"disconnect":{}})"),
              "faults[0].disconnect: expected exactly one of share and rate_per_s");
    EXPECT_EQ(mistake(R"({"disconnect":{"rate_per_s":101}})"),
              "faults[0].disconnect.rate_per_s: expected a number above 0, at most 100");
    EXPECT_EQ(mistake(R"({"drop_acknowledgements":{"share":1},"start_us":2592000000001})"),
              "faults[0].start_us: expected a whole number from 0 to 2592000000000");
    EXPECT_EQ(mistake(R"({"drop_acknowledgements":{"share":1},"devices":{"prefix":")" +
                      std::string(kFaultPrefixBytesMax + 1, 'x') + R"("}})"),
              "faults[0].devices.prefix: expected at most 128 bytes");
}

TEST(FaultsJson, RefusesWhatIsNoSetOfFaults) {
    const auto of = [](const std::string& body) {
        const auto parsed = parse_faults(body, kRunStart);
        return parsed ? std::string() : parsed.error().detail;
    };
    EXPECT_EQ(of("[]"), "expected an object");
    EXPECT_EQ(of("{}"), "faults: is missing");
    EXPECT_EQ(of(R"({"faults":[]})"), "faults: expected a list of 1 to 64 faults");
    EXPECT_EQ(of(R"({"faults":{}})"), "faults: expected a list of 1 to 64 faults");
    EXPECT_TRUE(of("{").starts_with("faults are not JSON: "));
    EXPECT_TRUE(of(std::string(40, '[')).starts_with("faults are not JSON: "));
    EXPECT_EQ(of(std::string(kFaultsBodyBytesMax + 1, ' ')),
              "65537 bytes of faults; expected at most 65536");
    std::string many = R"({"stall":{},"duration_us":1})";
    for (std::size_t i = 1; i < kFaultsMax; ++i) {
        many += R"(,{"stall":{},"duration_us":1})";
    }
    EXPECT_TRUE(parse(many));
    EXPECT_FALSE(parse(many + R"(,{"stall":{},"duration_us":1})"));
}

}  // namespace
}  // namespace twinstorm::hub
