#include "hub/ledger.h"

#include <gtest/gtest.h>

namespace twinstorm::hub {
namespace {

const iothub::IdentityName kOne{"a", "agent"};
const iothub::IdentityName kTwo{"b", "agent"};

Ledger::Arrival security(std::string_view id) {
    return {10, 1, true, id};
}

TEST(Ledger, KeepsSumsAndRows) {
    Ledger ledger;
    LedgerSlot one;
    LedgerSlot two;
    ledger.record(two, kTwo, {100, 2, false, {}});
    ledger.record(one, kOne, security("m-1"));
    ledger.record(one, kOne, security("m-3"));
    ledger.record(one, kOne, security("m-2"));
    ledger.record(one, kOne, security("m-3"));
    ledger.record(two, kTwo, security("m-3"));
    EXPECT_EQ(ledger.telemetry().messages, 6U);
    EXPECT_EQ(ledger.telemetry().bytes, 150U);
    EXPECT_EQ(ledger.telemetry().billed, 7U);
    EXPECT_EQ(ledger.security().received, 5U);
    EXPECT_EQ(ledger.security().distinct, 4U);
    EXPECT_EQ(ledger.security().duplicated, 1U);
    EXPECT_EQ(ledger.security().reordered, 1U);
    EXPECT_EQ(ledger.security().bytes, 50U);
    const auto rows = ledger.rows();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0]->name, kOne);
    EXPECT_EQ(rows[0]->security.distinct, 3U);
    EXPECT_EQ(rows[1]->telemetry.messages, 2U);
    EXPECT_EQ(rows[1]->security.received, 1U);
}

TEST(Ledger, CountsMessagesWithoutANumberAsDistinct) {
    Ledger ledger;
    LedgerSlot slot;
    ledger.record(slot, kOne, security(""));
    ledger.record(slot, kOne, security("same"));
    ledger.record(slot, kOne, security("same"));
    EXPECT_EQ(ledger.security().received, 3U);
    EXPECT_EQ(ledger.security().distinct, 3U);
    EXPECT_EQ(ledger.security().duplicated, 0U);
}

TEST(Ledger, StartsAnewAfterAReset) {
    Ledger ledger;
    LedgerSlot slot;
    ledger.record(slot, kOne, security("m-1"));
    ledger.reset(WallTime{} + std::chrono::seconds(1));
    EXPECT_EQ(ledger.since(), WallTime{} + std::chrono::seconds(1));
    EXPECT_EQ(ledger.security().received, 0U);
    EXPECT_TRUE(ledger.rows().empty());
    ledger.record(slot, kOne, security("m-1"));  // The old slot is not trusted.
    EXPECT_EQ(ledger.security().distinct, 1U);
    EXPECT_EQ(ledger.rows().size(), 1U);
}

TEST(Ledger, AnIdentityThatComesAgainContinuesItsRow) {
    Ledger ledger;
    LedgerSlot first;
    LedgerSlot second;
    ledger.record(first, kOne, security("m-1"));
    ledger.record(second, kOne, security("m-1"));
    ASSERT_EQ(ledger.rows().size(), 1U);
    EXPECT_EQ(ledger.security().duplicated, 1U);
}

}  // namespace
}  // namespace twinstorm::hub
