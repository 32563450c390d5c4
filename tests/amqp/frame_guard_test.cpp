#include "amqp/frame_guard.h"

#include <gtest/gtest.h>

#include "amqp/limits.h"
#include "amqp/raw_frames.h"

namespace twinstorm::amqp {
namespace {

using testing::attach_frame;
using testing::begin_frame;
using testing::frame;
using testing::open_frame;
using testing::transfer_frame;

class FrameGuardTest : public ::testing::Test {
protected:
    // The condition's name; empty for a good frame.
    std::string check(const std::string& text) {
        const auto broken = guard_.check(testing::raw(text));
        return broken ? broken->name : "";
    }
    void open() {
        ASSERT_EQ(check(open_frame()), "");
        ASSERT_EQ(check(begin_frame()), "");
    }

    FrameGuard guard_;
};

TEST_F(FrameGuardTest, KnowsAFramesSize) {
    EXPECT_EQ(FrameGuard::frame_bytes(testing::raw(std::string("\0\0\1", 3))), std::nullopt);
    EXPECT_EQ(FrameGuard::frame_bytes(testing::raw(std::string("\0\0\1\2", 4))), 258U);
}

TEST_F(FrameGuardTest, LetsAnOrdinaryConnectionThrough) {
    open();
    EXPECT_TRUE(guard_.opened());
    EXPECT_EQ(check(attach_frame("s", 0, false, "a")), "");
    EXPECT_EQ(guard_.attach().name, "s");
    EXPECT_TRUE(guard_.attach().peer_sends);
    EXPECT_EQ(guard_.attach().target.field(0).text, "a");
    EXPECT_EQ(check(transfer_frame(0, true, true, "x")), "");
    EXPECT_EQ(check(transfer_frame(0, false, true, "y")), "");
    EXPECT_EQ(check(transfer_frame(0, false, false, "z")), "");
    EXPECT_EQ(check(frame(0x16, 0, [](Encoder& e) { e.uint32(0); })), "");
    EXPECT_EQ(check(frame(0x17, 0, [](auto&) {})), "");
    EXPECT_EQ(check(begin_frame()), "") << "the channel is free again";
    EXPECT_EQ(check(frame(0x18, 0, [](auto&) {})), "");
    EXPECT_TRUE(guard_.closed());
    EXPECT_EQ(check(open_frame()), condition::kFramingError);
}

TEST_F(FrameGuardTest, OpenComesFirstAndOnce) {
    EXPECT_EQ(check(begin_frame()), condition::kNotAllowed);
    EXPECT_EQ(check(frame(0x18, 0, [](auto&) {})), condition::kNotAllowed);
    open();
    EXPECT_EQ(check(open_frame()), condition::kNotAllowed);
}

TEST_F(FrameGuardTest, ADeliveryBeginsWithIdAndTag) {
    open();
    check(attach_frame("s", 0, false, "a"));
    EXPECT_EQ(check(transfer_frame(0, false, true, "x")), condition::kInvalidField);
    EXPECT_EQ(check(transfer_frame(0, false, false, "x")), condition::kInvalidField);
}

TEST_F(FrameGuardTest, TagsAreShort) {
    open();
    check(attach_frame("s", 0, false, "a"));
    EXPECT_EQ(check(frame(0x14, 0,
                          [](Encoder& e) {
                              e.uint32(0);
                              e.uint32(0);
                              e.binary(std::string(33, 't'));
                          })),
              condition::kInvalidField);
}

TEST_F(FrameGuardTest, AnotherDeliveryWaitsForTheLast) {
    open();
    check(attach_frame("s", 0, false, "a"));
    const auto transfer = [](std::uint32_t id, bool aborted) {
        return frame(0x14, 0, [id, aborted](Encoder& e) {
            e.uint32(0);
            e.uint32(id);
            e.binary(std::string_view("t"));
            e.null();
            e.null();
            e.boolean(true);
            e.null();
            e.null();
            e.null();
            e.boolean(aborted);
        });
    };
    EXPECT_EQ(check(transfer(0, false)), "");
    EXPECT_EQ(check(transfer(0, true)), "");
    EXPECT_EQ(check(transfer(1, false)), "");
    EXPECT_EQ(check(transfer(2, false)), condition::kInvalidField);
}

TEST_F(FrameGuardTest, SendersSayWhereTheyBeginToCount) {
    open();
    const auto attach = [](bool receives) {
        return frame(0x12, 0, [receives](Encoder& e) {
            e.string("x");
            e.uint32(1);
            e.boolean(receives);
        });
    };
    EXPECT_EQ(check(attach(false)), condition::kInvalidField);
    EXPECT_EQ(check(attach(true)), "");
}

TEST_F(FrameGuardTest, LinksAreCountedOverAllSessions) {
    open();
    std::uint32_t handle = 0;
    for (; handle < kLinksMax; ++handle) {
        ASSERT_EQ(check(attach_frame(std::to_string(handle), handle, true, "a")), "");
    }
    EXPECT_EQ(check(attach_frame("one more", handle, true, "a")),
              condition::kResourceLimitExceeded);
    EXPECT_EQ(check(frame(0x17, 0, [](auto&) {})), "");
    check(begin_frame());
    EXPECT_EQ(check(attach_frame("again", 0, true, "a")), "");
}

TEST_F(FrameGuardTest, KeepAlivesMayComeAnyTime) {
    const std::string empty("\0\0\0\x08\2\0\0\0", 8);
    EXPECT_EQ(check(empty), "");
    open();
    EXPECT_EQ(check(empty), "");
}

}  // namespace
}  // namespace twinstorm::amqp
