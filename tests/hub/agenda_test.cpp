#include "hub/agenda.h"

#include <string>

#include <gtest/gtest.h>

#include "support/hub_fake_loop.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;

TEST(Agenda, RunsWorkInTheOrderOfItsInstantsThenOfAsking) {
    FakeLoop loop;
    hub::Agenda agenda(loop);
    std::string order;
    agenda.at(loop.now() + 2s, [&](TimePoint) { order += 'c'; });
    agenda.at(loop.now() + 1s, [&](TimePoint) { order += 'a'; });
    agenda.at(loop.now() + 1s, [&](TimePoint) { order += 'b'; });
    EXPECT_EQ(agenda.next_deadline(), loop.now() + 1s);
    loop.pass(1s);
    EXPECT_EQ(order, "ab");
    loop.pass(1s);
    EXPECT_EQ(order, "abc");
    EXPECT_FALSE(agenda.next_deadline());
}

TEST(Agenda, IsWokenWhenSomethingComesFirst) {
    FakeLoop loop;
    hub::Agenda agenda(loop);
    bool ran = false;
    agenda.at(loop.now(), [&](TimePoint) { ran = true; });
    loop.pump();
    EXPECT_TRUE(ran);
}

TEST(Agenda, ForgetsWhatIsCancelled) {
    FakeLoop loop;
    hub::Agenda agenda(loop);
    hub::Agenda::Entry entry = agenda.at(loop.now() + 1s, [](TimePoint) { FAIL(); });
    EXPECT_TRUE(entry.pending());
    agenda.cancel(entry);
    EXPECT_FALSE(entry.pending());
    agenda.cancel(entry);
    EXPECT_FALSE(agenda.next_deadline());
    loop.pass(2s);
}

TEST(Agenda, LetsWorkCancelAndAdd) {
    FakeLoop loop;
    hub::Agenda agenda(loop);
    std::string order;
    hub::Agenda::Entry doomed;
    agenda.at(loop.now() + 1s, [&](TimePoint now) {
        order += 'a';
        agenda.cancel(doomed);
        agenda.at(now, [&](TimePoint) { order += 'c'; });
    });
    doomed = agenda.at(loop.now() + 1s, [&](TimePoint) { order += 'x'; });
    agenda.at(loop.now() + 1s, [&](TimePoint) { order += 'b'; });
    loop.pass(1s);
    EXPECT_EQ(order, "abc");
}

}  // namespace
}  // namespace twinstorm::testing
