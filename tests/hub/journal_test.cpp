#include "hub/journal.h"

#include <string>

#include <gtest/gtest.h>

#include "hub/limits.h"
#include "support/hub_fake_loop.h"

namespace twinstorm::testing {
namespace {

TEST(Journal, HandsItsLinesOverOnceAtTheEndOfATurn) {
    FakeLoop loop;
    hub::Journal journal(loop);
    std::string written;
    int times = 0;
    EXPECT_FALSE(journal.enabled());
    journal.append({{"unkept", 1}}, loop.now());
    journal.start([&](const std::string& lines, TimePoint) {
        written += lines;
        ++times;
    });
    EXPECT_TRUE(journal.enabled());
    EXPECT_FALSE(journal.next_deadline());
    journal.append({{"a", 1}}, loop.now());
    journal.append({{"b", 2}}, loop.now());
    EXPECT_EQ(times, 0);
    EXPECT_EQ(journal.next_deadline(), loop.now());
    loop.pump();
    EXPECT_EQ(written, "{\"a\":1}\n{\"b\":2}\n");
    EXPECT_EQ(times, 1);
    EXPECT_FALSE(journal.next_deadline());
}

TEST(Journal, HandsOverEarlyWhenATurnIsLongAndKeepsTheRestForTheEnd) {
    FakeLoop loop;
    hub::Journal journal(loop);
    std::string written;
    journal.start([&](const std::string& lines, TimePoint) { written += lines; });
    journal.append({{"big", std::string(hub::kJournalBufferBytesMax, 'x')}}, loop.now());
    EXPECT_GT(written.size(), hub::kJournalBufferBytesMax);
    journal.append({{"last", 1}}, loop.now());
    EXPECT_EQ(journal.take(), "{\"last\":1}\n");
}

}  // namespace
}  // namespace twinstorm::testing
