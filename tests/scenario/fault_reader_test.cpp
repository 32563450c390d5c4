#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/keys.h"
#include "scenario/support.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A phase of 20 s in line 6; its faults begin in column 40.
std::string with_faults(const std::string& faults) {
    return with_phases({"{name: c, connect: {rate: 60/m}}",
                        "{name: s, duration: 20s,     faults: " + faults + "}"});
}

plan::Fault one(const std::string& fault) {
    const auto plan = parse_scenario(with_faults("[" + fault + "]"), "s", {});
    EXPECT_TRUE(plan) << fault;
    return plan && plan->phases.at(1).faults.size() == 1 ? plan->phases[1].faults[0]
                                                         : plan::Fault();
}

template <class Effect>
Effect effect_of(const std::string& fault) {
    const plan::Fault read = one(fault);
    const auto* const effect = std::get_if<Effect>(&read.effect);
    EXPECT_NE(effect, nullptr) << fault;
    return effect != nullptr ? *effect : Effect();
}

// With the fault in column 41.
Lines mistakes_of(const std::string& fault) {
    return mistakes(with_faults("[" + fault + "]"));
}

TEST(FaultReader, TakesEveryLatency) {
    const auto latency = [](const std::string& form) {
        return effect_of<plan::LatencyFault>("{latency: {" + form + "}}");
    };
    EXPECT_EQ(std::get<plan::ConstantLatency>(latency("constant: 5ms").form).value, 5ms);
    EXPECT_EQ(std::get<plan::ExponentialLatency>(latency("exponential: 1s").form).mean, 1s);
    EXPECT_EQ(std::get<plan::UniformLatency>(latency("uniform: {min: 1ms, max: 2ms}").form).max,
              2ms);
    EXPECT_EQ(
        std::get<plan::LognormalLatency>(latency("lognormal: {p50: 20ms, p99: 800ms}").form).p99,
        800ms);
    const auto bimodal = std::get<plan::BimodalLatency>(
        latency("bimodal: {fast: 0s, slow: 2s, slow_share: 1%}").form);
    EXPECT_EQ(bimodal.slow, 2s);
    EXPECT_DOUBLE_EQ(bimodal.slow_share, 0.01);
    EXPECT_TRUE(latency("constant: 5ms").operations.empty());
    EXPECT_THAT(latency("operations: [twin_reads, queries], constant: 1s").operations,
                ElementsAre(iothub::OperationClass::kTwinReads, iothub::OperationClass::kQueries));
}

TEST(FaultReader, TakesEveryOtherEffect) {
    const auto error = effect_of<plan::ErrorFault>(
        "{error: {operations: [twin_updates], code: 429001, share: 5%}}");
    EXPECT_EQ(error.code, iothub::ServiceErrorCode::kThrottlingException);
    EXPECT_DOUBLE_EQ(error.share, 0.05);
    const auto refusal = [](const std::string& answer) {
        return effect_of<plan::RefuseConnectsFault>("{refuse_connects: {share: 50%" + answer + "}}")
            .return_code;
    };
    EXPECT_EQ(refusal(""), 3);
    EXPECT_EQ(refusal(", answer: identifier-rejected"), 2);
    EXPECT_EQ(refusal(", answer: server-unavailable"), 3);
    EXPECT_EQ(refusal(", answer: bad-credentials"), 4);
    EXPECT_EQ(refusal(", answer: not-authorized"), 5);
    EXPECT_FALSE(refusal(", answer: close"));
    EXPECT_DOUBLE_EQ(
        effect_of<plan::DropAcknowledgementsFault>("{drop_acknowledgements: 1%}").share, 0.01);
    EXPECT_EQ(
        effect_of<plan::DuplicateFault>("{duplicate: {what: cloud_to_device, share: 1%}}").what,
        plan::Duplicated::kCloudToDevice);
    EXPECT_DOUBLE_EQ(effect_of<plan::DisconnectFault>("{disconnect: {share: 30%}}").share, 0.3);
    EXPECT_DOUBLE_EQ(effect_of<plan::DisconnectFault>("{disconnect: {rate: 6/m}}").rate_per_s, 0.1);
    EXPECT_EQ(one("{stall: 3s}").duration, Duration(3s));
    EXPECT_TRUE(std::holds_alternative<plan::StallFault>(one("{stall: 3s}").effect));
    const auto restart = effect_of<plan::RestartFault>("{restart: {state: lose, down: 3s}}");
    EXPECT_FALSE(restart.keeps_state);
    EXPECT_EQ(restart.down, 3s);
    EXPECT_TRUE(effect_of<plan::RestartFault>("{restart: {state: keep, down: 0s}}").keeps_state);
    EXPECT_EQ(effect_of<plan::SlowReadsFault>("{slow_reads: 4KiB/s}").bytes_per_s, 4'096u);
}

TEST(FaultReader, TakesWhatIsAboutClassesOfOperations) {
    using iothub::OperationClass;
    EXPECT_EQ(effect_of<plan::StaleQueriesFault>("{stale_queries: {by: 30s}}").by, 30s);
    const auto lost = effect_of<plan::LoseAnswersFault>("{lose_answers: {share: 5%}}");
    EXPECT_DOUBLE_EQ(lost.share, 0.05);
    EXPECT_TRUE(lost.operations.empty());
    EXPECT_THAT(
        effect_of<plan::LoseAnswersFault>("{lose_answers: {share: 5%, operations: [twin_updates]}}")
            .operations,
        ElementsAre(OperationClass::kTwinUpdates));
    std::string all;
    for (std::size_t i = 0; i < iothub::kOperationClassCount; ++i) {
        all += std::string(iothub::name(static_cast<OperationClass>(i))) + ": 6/m, ";
    }
    const auto rates = effect_of<plan::RatesFault>("{rates: {" + all + "}}").rates;
    ASSERT_EQ(rates.size(), iothub::kOperationClassCount);
    EXPECT_EQ(rates.back().operation, OperationClass::kConfigurations);
    EXPECT_DOUBLE_EQ(rates.back().per_s, 0.1);
}

TEST(FaultReader, TakesForWhomAndWhen) {
    const plan::Fault fault =
        one("{drop_acknowledgements: 1%, devices: {prefix: gw-, share: 10%}, start: 5s, duration: "
            "10s}");
    EXPECT_EQ(fault.device_prefix, "gw-");
    EXPECT_DOUBLE_EQ(fault.device_share, 0.1);
    EXPECT_EQ(fault.start, 5s);
    EXPECT_EQ(fault.duration, Duration(10s));
    const plan::Fault plain = one("{drop_acknowledgements: 1%}");
    EXPECT_TRUE(plain.device_prefix.empty());
    EXPECT_DOUBLE_EQ(plain.device_share, 1);
    EXPECT_EQ(plain.start, 0s);
    EXPECT_FALSE(plain.duration);
}

TEST(FaultReader, TakesFaultsInEveryKindOfPhase) {
    const auto plan = parse_scenario(
        with_phases({"{name: c, connect: {rate: 60/m}, faults: [{stall: 1s}]}",
                     "{name: r, twin_updates: {every: device, patch: {A_B: 1}}, until: {converged: "
                     "100%, at_most: 1m}, faults: [{stall: 1s, start: 1h}, {stall: 2s}]}"}),
        "s", {});
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->phases[0].faults.size(), 1u);
    EXPECT_EQ(plan->phases[1].faults.size(), 2u);
}

TEST(FaultReader, WantsOneEffect) {
    const std::string one_of =
        "a fault is exactly one of `latency`, `error`, `refuse_connects`, `drop_acknowledgements`, "
        "`duplicate`, `disconnect`, `stall`, `restart`, `slow_reads`, `stale_queries`, "
        "`lose_answers` and `rates`";
    EXPECT_THAT(mistakes_of("{start: 1s}"), ElementsAre("s:6:41: " + one_of));
    EXPECT_THAT(mistakes_of("{stall: 1s, drop_acknowledgements: 1%}"),
                ElementsAre("s:6:41: " + one_of));
    EXPECT_THAT(
        mistakes_of("{stal: 1s}"),
        ElementsAre("s:6:41: " + one_of, "s:6:42: unknown key `stal`; did you mean `stall`?"));
    EXPECT_THAT(mistakes_of("stall"), testing::SizeIs(1));
    EXPECT_THAT(mistakes(with_faults("[]")), ElementsAre("s:6:40: 0 faults; expected 1 to 64"));
    EXPECT_THAT(mistakes(with_faults("{stall: 1s}")),
                ElementsAre("s:6:40: a map where a list of faults belongs"));
}

TEST(FaultReader, ChecksLatencies) {
    EXPECT_THAT(mistakes_of("{latency: {operations: [twin_read]}}"),
                ElementsAre("s:6:51: a latency is exactly one of `constant`, `exponential`, "
                            "`uniform`, `lognormal` and `bimodal`",
                            "s:6:65: unknown operation `twin_read`; did you mean `twin_reads`?"));
    EXPECT_THAT(mistakes_of("{latency: {constant: 1s, exponential: 1s}}"),
                ElementsAre("s:6:51: a latency is exactly one of `constant`, `exponential`, "
                            "`uniform`, `lognormal` and `bimodal`"));
    EXPECT_THAT(mistakes_of("{latency: {constant: 5}}"),
                ElementsAre("s:6:62: `5` is not a duration; expected a form such as `250ms`"));
    EXPECT_THAT(mistakes_of("{latency: {constant: 11m}}"),
                ElementsAre("s:6:62: `11m` is out of range; expected 0s to 10m"));
    EXPECT_THAT(mistakes_of("{latency: {lognormal: {p50: 0s, p99: 1s}}}"),
                ElementsAre("s:6:69: `0s` is out of range; expected 1us to 10m"));
    EXPECT_THAT(mistakes_of("{latency: {lognormal: {p50: 2s, p99: 1s}}}"),
                ElementsAre("s:6:78: `1s` is below `p50`; expected it not to be"));
    EXPECT_THAT(mistakes_of("{latency: {uniform: {min: 2s, max: 1s}}}"),
                ElementsAre("s:6:76: `1s` is below `min`; expected it not to be"));
    EXPECT_THAT(mistakes_of("{latency: {bimodal: {fast: 2s, slow: 1s}}}"),
                ElementsAre("s:6:61: key `slow_share` is missing"));
}

TEST(FaultReader, ChecksTheOtherEffects) {
    EXPECT_THAT(mistakes_of("{error: {code: 500, share: 1}}"),
                ElementsAre("s:6:56: `500` is out of place; expected a whole number from 400000 to "
                            "599999",
                            "s:6:68: `1` is not a share; expected a form such as `99%`"));
    EXPECT_THAT(mistakes_of("{error: {code: 499999, share: 1%}}"),
                ElementsAre("s:6:56: `499999` is no error number of a hub; expected one such as "
                            "`500001`"));
    EXPECT_THAT(mistakes_of("{refuse_connects: {share: 101%, answer: no}}"),
                ElementsAre("s:6:67: `101%` is not a share; expected a form such as `99%`",
                            "s:6:81: unknown answer `no`; expected one of `close`, "
                            "`identifier-rejected`, `server-unavailable`, `bad-credentials`, "
                            "`not-authorized`"));
    EXPECT_THAT(mistakes_of("{duplicate: {what: telemetri, share: 1%}}"),
                ElementsAre("s:6:60: unknown kind of message `telemetri`; did you mean "
                            "`telemetry`?"));
    EXPECT_THAT(mistakes_of("{disconnect: {}}"),
                ElementsAre("s:6:54: `disconnect` needs exactly one of `share` and `rate`"));
    EXPECT_THAT(mistakes_of("{disconnect: {rate: 101/s}}"),
                ElementsAre("s:6:61: `101/s` is out of range; expected at most 100/s for each "
                            "connection"));
    EXPECT_THAT(mistakes_of("{restart: {state: forget}}"),
                ElementsAre("s:6:51: key `down` is missing",
                            "s:6:59: unknown state `forget`; expected one of `keep`, `lose`"));
    for (const char* wrong : {"4KiB", "0B/s", "2GiB/s", "5/s", "[1]"}) {
        EXPECT_THAT(mistakes_of("{slow_reads: " + std::string(wrong) + "}"), testing::SizeIs(1))
            << wrong;
    }
    EXPECT_THAT(mistakes_of("{slow_reads: 4KiB}"),
                ElementsAre("s:6:54: `4KiB` is out of place; expected `1B/s` to `1GiB/s`, as in "
                            "`4KiB/s`"));
}

TEST(FaultReader, ChecksWhatIsAboutClassesOfOperations) {
    EXPECT_THAT(mistakes_of("{stale_queries: {}}"), ElementsAre("s:6:57: key `by` is missing"));
    EXPECT_THAT(mistakes_of("{stale_queries: {by: 2h}}"),
                ElementsAre("s:6:62: `2h` is out of range; expected 1us to 1h"));
    EXPECT_THAT(mistakes_of("{lose_answers: {share: 1%, operations: [queries]}}"),
                ElementsAre("s:6:81: unknown operation `queries`; expected one of `twin_reads`, "
                            "`twin_updates`"));
    EXPECT_THAT(mistakes_of("{rates: {}}"),
                ElementsAre("s:6:49: `rates` needs a rate for at least one class of operations"));
    EXPECT_THAT(mistakes_of("{rates: {twin_reads: 5}}"), testing::SizeIs(1));
    EXPECT_THAT(mistakes_of("{rates: {twin_reads: 5/s}, devices: {share: 1%}}"),
                ElementsAre("s:6:77: `devices` says nothing: this happens to the whole hub; "
                            "expected it left out"));
}

TEST(FaultReader, ChecksSpansAndDevices) {
    EXPECT_THAT(mistakes_of("{stall: 1s, duration: 2s}"),
                ElementsAre("s:6:49: `duration` says nothing beside `stall`, whose value it is; "
                            "expected it left out"));
    EXPECT_THAT(
        mistakes_of("{disconnect: {share: 1%}, duration: 2s}"),
        ElementsAre("s:6:77: `duration` says nothing: this happens at one instant; expected "
                    "it left out"));
    EXPECT_THAT(mistakes_of("{disconnect: {rate: 1/s}, duration: 2s}"), IsEmpty());
    EXPECT_THAT(mistakes_of("{restart: {state: keep, down: 1s}, devices: {share: 1%}}"),
                ElementsAre("s:6:85: `devices` says nothing: this happens to the whole hub; "
                            "expected it left out"));
    EXPECT_THAT(mistakes_of("{stall: 1s, start: 20s}"),
                ElementsAre("s:6:60: `20s` lies after the end of its phase, which lasts 20s"));
    EXPECT_THAT(mistakes_of("{stall: 0s}"),
                ElementsAre("s:6:49: `0s` is out of range; expected 1us to 30d"));
    EXPECT_THAT(mistakes_of("{drop_acknowledgements: 1%, devices: {prefix: '', shar: 1%}}"),
                ElementsAre("s:6:87: `` is out of range; expected 1 to 128 bytes",
                            "s:6:91: unknown key `shar`; did you mean `share`?"));
}

TEST(FaultReader, ARealHubTakesNone) {
    const std::string phases =
        "phases:\n- {name: c, connect: {rate: 60/m}}\n- {name: s, duration: 1s, faults: [{stall: "
        "1s}]}\n";
    const std::string head = "name: n\n" + kFleet;
    ::setenv("TWINSTORM_FAULT_READER_TEST",
             "HostName=h;SharedAccessKeyName=p;SharedAccessKey=AAECAwQFBgcICQoLDA0ODw==", 1);
    EXPECT_THAT(mistakes(head + phases +
                         "hub: {real: {connection_string: '${env:TWINSTORM_FAULT_READER_TEST}', "
                         "budget: {messages: 1000, devices: 10, duration: 1h}}}\n"),
                ElementsAre("s:5:35: a real hub takes no faults; expected them with `hub.mock`, or "
                            "with a `ready_file` of a mock hub"));
    ::unsetenv("TWINSTORM_FAULT_READER_TEST");
    EXPECT_THAT(mistakes(head + phases + "hub: {real: {ready_file: hub.json}}\n"), IsEmpty());
}

TEST(FaultReader, OffersEveryClassOfOperations) {
    for (const char* path :
         {"phases[].faults[].latency.operations[]", "phases[].faults[].error.operations[]"}) {
        const auto served = choices(path).served;
        ASSERT_EQ(served.size(), iothub::kOperationClassCount);
        for (std::size_t i = 0; i < served.size(); ++i) {
            EXPECT_EQ(served[i], iothub::name(static_cast<iothub::OperationClass>(i)));
        }
    }
}

}  // namespace
}  // namespace twinstorm::scenario
