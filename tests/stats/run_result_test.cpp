#include "twinstorm/stats/run_result.h"

#include <gtest/gtest.h>

namespace twinstorm::stats {
namespace {

TEST(Verdict, IsPublishedUnderItsName) {
    EXPECT_EQ(name(Verdict::kPassed), "passed");
    EXPECT_EQ(name(Verdict::kFailed), "failed");
    EXPECT_EQ(name(Verdict::kInvalid), "invalid");
    EXPECT_EQ(name(Verdict::kInterrupted), "interrupted");
}

TEST(MessageLedger, BalancesWhenEveryOfferedMessageIsAccountedFor) {
    MessageLedger ledger;
    ledger.offered = 10;
    ledger.acked = 4;
    ledger.failed = 3;
    ledger.in_flight = 2;
    ledger.unsent = 1;
    EXPECT_TRUE(ledger.balanced());
    ledger.unsent = 0;
    EXPECT_FALSE(ledger.balanced());
}

TEST(TwinLedger, BalancesInBothOfItsSums) {
    TwinLedger ledger{.offered = 10,
                      .accepted = 6,
                      .throttled = 2,
                      .failed = 1,
                      .pending = 1,
                      .delivered = 5,
                      .confirmed = 4,
                      .unconfirmed = 2};
    EXPECT_TRUE(ledger.balanced());
    ledger.unconfirmed = 1;
    EXPECT_FALSE(ledger.balanced());
    ledger.unconfirmed = 2;
    ledger.pending = 0;
    EXPECT_FALSE(ledger.balanced());
}

}  // namespace
}  // namespace twinstorm::stats
