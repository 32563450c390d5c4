#include "agent/message_writer.h"

#include <algorithm>
#include <set>

#include "agent/flat_reader.h"
#include "agent/writer_fixture.h"
#include "support/allocations.h"

namespace twinstorm::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSmall = 8192;

class MessageWriterTest : public WriterFixture {
protected:
    // As many entries as the encoding has a place for; how many that were.
    std::uint32_t add_everything(MessageWriter& writer) const {
        const QueueStatistics queues[] = {{true, 1, 0}, {false, 2, 0}};
        const CollectorStatistics rows[] = {{"Process", "sent", 9}};
        const std::uint16_t one[] = {0};
        const host::CheckFinding failed[] = {{1, host::CheckResult::kFail}};
        std::uint32_t added = 0;
        added += writer.add(kRunStart, queues);
        added += writer.add(kRunStart, MessageStatistics{1, 2, 3});
        added += writer.add(kRunStart, ConfigurationMistake{"a", "Conflict", "b", "c"});
        added += writer.add(kRunStart, rows);
        added += writer.add_heartbeat(kRunStart);
        added += writer.add_system_information(kRunStart, {});
        added += writer.add_baseline(kRunStart, failed);
        added += writer.add_packages(kRunStart, one);
        added += writer.add_listening_ports(kRunStart, one);
        added += writer.add_users(kRunStart, one);
        added += writer.add_firewall(kRunStart, one);
        added += writer.add_hardware(kRunStart, one);
        writer.begin_flows(kRunStart);
        for (std::uint64_t id = 0; id < 100; ++id) {
            Kept<host::ProcessEvent> started = process();
            Kept<host::FlowEvent> seen = flow();
            started.event.id = seen.event.id = id;
            seen.event.at += id * 1s;
            added += writer.add(started);
            added += writer.add(seen);
        }
        writer.end_flows();
        added += writer.add(login(host::LoginOperation::kLogin));
        added += writer.add(Kept<host::FileEvent>{});
        added += writer.add(Kept<host::PeripheralEvent>{});
        added += writer.add(host::LogEvent{});
        return added;
    }
    void write_small(Encoding encoding, Family family) {
        Sender small = sender(encoding, family);
        small.bytes_max = kSmall;
        write(small, [&](MessageWriter& writer) { told = add_everything(writer); });
    }

    std::uint32_t told = 0;
};

defender::Mode mode_of(Encoding encoding) {
    return encoding == Encoding::kJsonAsShipped ? defender::Mode::kAsShipped
                                                : defender::Mode::kStrict;
}

constexpr Encoding kEncodings[] = {Encoding::kJson, Encoding::kJsonAsShipped,
                                   Encoding::kJsonExtended, Encoding::kFlatBuffers};

TEST_F(MessageWriterTest, PartsTileTheBatchWithinTheLimitAndLoseNothing) {
    for (const Encoding encoding : kEncodings) {
        for (const Family family :
             {Family::kMicroLinux, Family::kLegacyC, Family::kLegacyCs, Family::kMicroRtos}) {
            write_small(encoding, family);
            std::size_t behind = 0;
            std::uint32_t events = 0;
            for (const Part& part : batch.parts) {
                EXPECT_EQ(part.begin, behind);
                EXPECT_GT(part.end, part.begin);
                EXPECT_LE(part.end - part.begin, kSmall) << name(encoding);
                EXPECT_EQ(part.encoding, encoding);
                EXPECT_EQ(part.kind, MessageKind::kSecurity);
                EXPECT_EQ(part.priority, SendPriority::kLow);
                EXPECT_GT(part.events, 0U);
                behind = part.end;
                events += part.events;
            }
            EXPECT_EQ(behind, batch.bytes.size());
            if (encoding != Encoding::kJsonExtended) {
                EXPECT_EQ(complaint(mode_of(encoding)), "") << name(encoding);
            }
            EXPECT_EQ(events, told) << name(encoding) << ' ' << static_cast<int>(family);
            EXPECT_GT(batch.parts.size(), 1U);
        }
    }
}

TEST_F(MessageWriterTest, NoMessageIsEndedBeforeItIsFull) {
    write_small(Encoding::kJson, Family::kMicroLinux);
    for (std::size_t i = 0; i + 1 < batch.parts.size(); ++i) {
        EXPECT_GT(batch.parts[i].end - batch.parts[i].begin, kSmall - 1000);
    }
}

TEST_F(MessageWriterTest, NoTwoEventsOfABatchShareAnId) {
    for (const Encoding encoding : {Encoding::kJson, Encoding::kJsonExtended}) {
        batch.clear();
        std::size_t events = 0;
        for (const SendPriority priority : {SendPriority::kHigh, SendPriority::kLow}) {
            MessageWriter writer(batch, sender(encoding), priority);
            static_cast<void>(writer.add_heartbeat(kRunStart));
            static_cast<void>(writer.add_system_information(kRunStart, {}));
            Kept<host::ProcessEvent> entry = process();
            entry.event.id = static_cast<std::uint64_t>(priority);
            static_cast<void>(writer.add(entry));
            writer.finish();
        }
        std::set<std::string> ids;
        for (std::size_t part = 0; part < batch.parts.size(); ++part) {
            for (std::size_t i = 0; i < batch.parts[part].events; ++i) {
                ids.emplace(event(i, part).at("Id").as_string());
                ++events;
            }
        }
        EXPECT_EQ(events, 6U);
        EXPECT_EQ(ids.size(), events);
    }
}

TEST_F(MessageWriterTest, LongSnapshotsAreSplit) {
    Sender small = sender(Encoding::kJson);
    small.bytes_max = 4096;
    write(small, [&](MessageWriter& writer) {
        EXPECT_TRUE(writer.add_heartbeat(kRunStart));
        EXPECT_TRUE(writer.add_baseline(kRunStart, findings()));
    });
    EXPECT_EQ(complaint(), "");
    ASSERT_GT(batch.parts.size(), 2U);
    std::size_t checks = 0;
    for (std::size_t part = 0; part < batch.parts.size(); ++part) {
        EXPECT_LE(batch.parts[part].end - batch.parts[part].begin, 4096U);
        for (std::size_t i = 0; i < batch.parts[part].events; ++i) {
            checks += event(i, part).at("Payload").as_array().size();
        }
    }
    EXPECT_EQ(checks, catalogue.checks.size());
}

TEST_F(MessageWriterTest, AnItemBeyondTheLimitTravelsAlone) {
    const std::string large(3000, 'x');
    Sender small = sender(Encoding::kJson);
    small.bytes_max = 1024;
    write(small, [&](MessageWriter& writer) {
        EXPECT_TRUE(writer.add_heartbeat(kRunStart));
        EXPECT_TRUE(writer.add(kRunStart, ConfigurationMistake{"a", "Conflict", large, "c"}));
        EXPECT_TRUE(writer.add_heartbeat(kRunStart));
    });
    EXPECT_EQ(complaint(), "");
    ASSERT_EQ(batch.parts.size(), 3U);
    EXPECT_GT(batch.body(batch.parts[1]).size(), large.size());
}

TEST_F(MessageWriterTest, CutBeginsAnotherMessage) {
    for (const Encoding encoding : kEncodings) {
        write(encoding, Family::kMicroLinux, [](MessageWriter& writer) {
            writer.cut();
            EXPECT_TRUE(writer.add(process()));
            writer.cut();
            writer.cut();
            EXPECT_TRUE(writer.add(flow()));
        });
        ASSERT_EQ(batch.parts.size(), 2U) << name(encoding);
        EXPECT_EQ(complaint(mode_of(encoding)), "");
    }
}

TEST_F(MessageWriterTest, TellsTheSizeOfTheMessageUnderWay) {
    for (const Encoding encoding : kEncodings) {
        std::size_t bytes = 0;
        write(encoding, Family::kMicroLinux, [&](MessageWriter& writer) {
            EXPECT_EQ(writer.bytes(), 0U);
            EXPECT_TRUE(writer.add(process()));
            EXPECT_TRUE(writer.add(flow()));
            bytes = writer.bytes();
        });
        if (encoding == Encoding::kFlatBuffers) {
            EXPECT_GE(bytes, batch.bytes.size());
            EXPECT_LE(bytes, batch.bytes.size() + 300);
        } else {
            EXPECT_EQ(bytes, batch.bytes.size());
        }
    }
}

TEST_F(MessageWriterTest, CountsWhatPlaybooksPlayed) {
    const auto played = [] {
        for (std::uint64_t bit = 0; bit < 64; ++bit) {
            if (host::Host::is_played(std::uint64_t{1} << bit)) {
                return std::uint64_t{1} << bit;
            }
        }
        return std::uint64_t{0};
    }();
    ASSERT_NE(played, 0U);
    for (const Encoding encoding : kEncodings) {
        write(encoding, Family::kMicroLinux, [&](MessageWriter& writer) {
            Kept<host::ProcessEvent> started = process();
            Kept<host::FlowEvent> seen = flow();
            EXPECT_TRUE(writer.add(started));
            started.event.id = seen.event.id = played;
            EXPECT_TRUE(writer.add(started));
            EXPECT_TRUE(writer.add(seen));
            writer.cut();
            EXPECT_TRUE(writer.add(process()));
        });
        ASSERT_EQ(batch.parts.size(), 2U);
        EXPECT_EQ(batch.parts[0].events, 3U);
        EXPECT_EQ(batch.parts[0].events_played, 2U);
        EXPECT_EQ(batch.parts[0].plays, host::Host::plays_of(played));
        EXPECT_EQ(batch.parts[1].events_played, 0U);
        EXPECT_EQ(batch.parts[1].plays, 0U);
    }
}

// A snapshot tells of each playbook that has left a trace in it by then.
TEST_F(MessageWriterTest, CountsSnapshotsThatShowATrace) {
    host.play(host::find_playbook("open-ports").value(), kRunStart + 10s, 2);
    host.play(host::find_playbook("cis-benchmarks-diot-test").value(), kRunStart + 10s, 4);
    std::vector<std::uint16_t> ports;
    std::vector<host::CheckFinding> findings;
    host.listening_ports(kRunStart, ports);
    host.checks(kRunStart, findings);
    for (const Encoding encoding : kEncodings) {
        write(encoding, Family::kMicroLinux, [&](MessageWriter& writer) {
            EXPECT_TRUE(writer.add_listening_ports(kRunStart + 9s, ports));
            EXPECT_TRUE(writer.add_heartbeat(kRunStart + 11s));
            writer.cut();
            EXPECT_TRUE(writer.add_listening_ports(kRunStart + 11s, ports));
            EXPECT_TRUE(writer.add_baseline(kRunStart + 11s, findings));
        });
        host::PlaySet all = 0;
        for (const Part& part : batch.parts) {
            all |= part.plays;
            EXPECT_EQ(part.events_played > 0, part.plays != 0);
        }
        EXPECT_EQ(all, 1U << 2 | 1U << 4);
        EXPECT_EQ(batch.parts.front().plays, 0U);
    }
}

TEST_F(MessageWriterTest, AppendsToWhatTheBatchHolds) {
    MessageWriter writer(batch, sender(Encoding::kJson), SendPriority::kHigh);
    EXPECT_TRUE(writer.add(process()));
    writer.finish();
    MessageWriter other(batch, sender(Encoding::kFlatBuffers), SendPriority::kLow);
    EXPECT_TRUE(other.add(process()));
    other.finish();
    ASSERT_EQ(batch.parts.size(), 2U);
    EXPECT_EQ(batch.parts[0].priority, SendPriority::kHigh);
    EXPECT_EQ(complaint(), "");
}

TEST_F(MessageWriterTest, SameCallsSameBytes) {
    for (const Encoding encoding : kEncodings) {
        write_small(encoding, Family::kMicroLinux);
        const std::string first = batch.bytes;
        write_small(encoding, Family::kMicroLinux);
        EXPECT_EQ(batch.bytes, first);
    }
}

TEST_F(MessageWriterTest, AllocatesNothingOnceWarm) {
    for (const Encoding encoding : kEncodings) {
        for (const Family family : {Family::kMicroLinux, Family::kLegacyC, Family::kLegacyCs}) {
            write_small(encoding, family);
            const std::uint64_t before = support::allocations();
            write_small(encoding, family);
            EXPECT_EQ(support::allocations(), before) << name(encoding);
        }
    }
}

}  // namespace
}  // namespace twinstorm::agent
