// `json-1.0-as-shipped`: what Microsoft's own agents send, against the published schema.

#include "agent/json_dialect.h"

#include <algorithm>
#include <functional>

#include "agent/writer_fixture.h"

namespace twinstorm::agent {
namespace {

class AsShippedTest : public WriterFixture {
protected:
    using Write = std::function<void(MessageWriter&)>;

    void write_shipped(Family family, const Write& write_all) {
        write(Encoding::kJsonAsShipped, family, write_all);
        EXPECT_EQ(complaint(defender::Mode::kAsShipped), "");
    }
    // The first thing that the published schema has against it.
    [[nodiscard]] std::string strictly(Family family, const Write& write_all) {
        write_shipped(family, write_all);
        const std::string found = complaint();
        return found.substr(0, found.find(' ', found.find(' ') + 1));
    }
    [[nodiscard]] static std::uint16_t inbound() {
        const auto& all = host::catalogue().connections;
        const auto found =
            std::ranges::find(all, host::Direction::kIn, &host::Connection::direction);
        return static_cast<std::uint16_t>(found - all.begin());
    }
    [[nodiscard]] std::vector<std::string> keys() const {
        std::vector<std::string> found;
        const boost::json::value whole = event();
        for (const auto& member : whole.as_object()) {
            found.emplace_back(member.key());
        }
        return found;
    }
};

constexpr Family kC = Family::kLegacyC;
constexpr Family kCs = Family::kLegacyCs;

const auto kAggregatedProcess = [](MessageWriter& writer) {
    static_cast<void>(writer.add(Kept<host::ProcessEvent>{.last = kRunStart, .hit_count = 3}));
};
const auto kLoneProcess = [](MessageWriter& writer) {
    static_cast<void>(writer.add(Kept<host::ProcessEvent>{.aggregated = false}));
};
const auto kFailedCheck = [](MessageWriter& writer) {
    const host::CheckFinding failed[] = {{0, host::CheckResult::kFail}};
    static_cast<void>(writer.add_baseline(kRunStart, failed));
};
const auto kHardware = [](MessageWriter& writer) {
    const std::uint16_t some[] = {0};
    static_cast<void>(writer.add_hardware(kRunStart, some));
};

// As running the published schema on the agents' messages showed.
TEST_F(AsShippedTest, WhatTheSchemaRejects) {
    EXPECT_EQ(strictly(kC, kAggregatedProcess), "Events[0].Category category");
    // Without a zone, which the schema's forms notice before anything else.
    EXPECT_EQ(strictly(kCs, kLoneProcess), "Events[0].TimestampLocal timestamp-form");
    EXPECT_EQ(strictly(kC, kFailedCheck), "Events[0].Payload[0].Result value");
    EXPECT_EQ(strictly(Family::kMicroLinux, kFailedCheck), "Events[0].Payload[0].Result value");
}

// What stands behind another departure is seen once that one is undone.
TEST_F(AsShippedTest, WhatTheSchemaRejectsBehindThat) {
    const auto undone = [this](Family family, const Write& write_all) {
        write_shipped(family, write_all);
        std::string body(batch.body(batch.parts.at(0)));
        for (std::size_t at = 0; (at = body.find("Aggregated", at)) != std::string::npos;) {
            body.replace(at, 10, "Triggered");
        }
        // C#'s instants end at their seconds.
        for (const std::string_view name : {"TimestampLocal\":\"", "TimestampUTC\":\""}) {
            const std::size_t end = body.find(name) + name.size() + 19;
            if (body[end] == '"') {
                body.insert(end, "Z");
            }
        }
        const auto verdict = defender::judge(body, "", defender::Mode::kStrict);
        return verdict.where + " " + verdict.detail + " " +
               std::string(defender::name(verdict.reason));
    };
    EXPECT_EQ(undone(kC, kAggregatedProcess),
              "Events[0].Payload[0].ExtraDetails HitCount wrong-type");
    EXPECT_EQ(undone(kC, [](MessageWriter& writer) { EXPECT_TRUE(writer.add(flow(inbound()))); }),
              "Events[0].Payload[0].RemotePort  wrong-type");
    EXPECT_EQ(undone(kCs, kLoneProcess), "Events[0].Payload[0] Hash unknown-member");
    EXPECT_EQ(undone(kCs, kHardware), "Events[0].Payload[0] ConnectedHardware unknown-member");
    EXPECT_EQ(undone(kCs, kFailedCheck), "Events[0].Payload[0].Result FAIL value");
}

TEST_F(AsShippedTest, LocalTimeWithAFalseZIsWrongButValid) {
    EXPECT_EQ(strictly(kC, kLoneProcess), "");
    EXPECT_EQ(event().at("TimestampUTC"), "2026-01-01T00:00:00Z");
    EXPECT_EQ(event().at("TimestampLocal"), "2025-12-31T16:00:00Z");
}

TEST_F(AsShippedTest, TheCAgentsOrderOfKeys) {
    write_shipped(kC, kLoneProcess);
    EXPECT_EQ(keys(), (std::vector<std::string>{"Category", "EventType", "Name",
                                                "PayloadSchemaVersion", "Id", "TimestampLocal",
                                                "TimestampUTC", "IsEmpty", "Payload"}));
}

TEST_F(AsShippedTest, TheCAgentZeroesWhatItAggregates) {
    write_shipped(kC, [](MessageWriter& writer) {
        EXPECT_TRUE(writer.add(process()));
        EXPECT_TRUE(writer.add(flow(inbound())));
    });
    EXPECT_EQ(event(0).at("Category"), "Aggregated");
    EXPECT_EQ(item(0).at("ProcessId"), 0);
    EXPECT_EQ(item(0).at("ParentProcessId"), 0);
    EXPECT_EQ(item(0).at("ExtraDetails").at("HitCount"), 3);
    EXPECT_EQ(item(0).at("ExtraDetails").at("Hash").as_string().size(), 40U);
    EXPECT_EQ(item(0).at("ExtraDetails").at("EndTimeLocal"), "2025-12-31T17:00:00Z");
    EXPECT_EQ(item(1).at("ProcessId"), 0);
    EXPECT_EQ(item(1).at("RemotePort"), 0);
    const std::string protocol(item(1).at("Protocol").as_string());
    EXPECT_TRUE(protocol == "tcp" || protocol == "udp" || protocol == "icmp") << protocol;
}

TEST_F(AsShippedTest, TheCsAgentsForms) {
    write_shipped(kCs, [](MessageWriter& writer) {
        EXPECT_TRUE(writer.add(process()));
        kHardware(writer);
    });
    EXPECT_EQ(event(0).at("Category"), "Aggregated");
    EXPECT_EQ(event(0).at("TimestampUTC"), "2026-01-01T00:00:05");
    EXPECT_EQ(event(0).at("TimestampLocal"), "2025-12-31T16:00:05");
    EXPECT_EQ(item(0).at("Hash").as_string().size(), 40U);
    EXPECT_EQ(item(0).at("ExtraDetails").at("HitCount"), "3");
    EXPECT_EQ(item(0).at("ExtraDetails").at("StartTimeUtc"), "2026-01-01T00:00:05");
    EXPECT_EQ(item(1).as_object().size(), 1U);
}

TEST_F(AsShippedTest, StrictlyTheSameAgentsKeepToTheSchema) {
    for (const Family family : {kC, kCs}) {
        write(Encoding::kJson, family, [](MessageWriter& writer) {
            EXPECT_TRUE(writer.add(process()));
            EXPECT_TRUE(writer.add(flow(inbound())));
            kFailedCheck(writer);
            kHardware(writer);
        });
        EXPECT_EQ(complaint(), "");
        EXPECT_EQ(event(1).at("Category"), "Triggered");
        EXPECT_EQ(item(1).at("RemotePort"), family == kC ? "0" : "65535");
    }
}

TEST_F(AsShippedTest, EveryAgentSignsWithItsVersion) {
    for (const auto& [family, version] :
         {std::pair{kC, "0.0.5"}, std::pair{kCs, "0.0.5"}, std::pair{Family::kMicroLinux, "4.6.2"},
          std::pair{Family::kMicroRtos, "3.5.4"}}) {
        write_shipped(family, kLoneProcess);
        EXPECT_EQ(boost::json::parse(batch.bytes).at("AgentVersion"), version);
    }
}

}  // namespace
}  // namespace twinstorm::agent
