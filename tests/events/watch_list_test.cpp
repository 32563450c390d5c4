#include "twinstorm/events/watch_list.h"

#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace twinstorm::events {
namespace {

TEST(WatchList, CallsOnceWhenTheNumberIsReached) {
    WatchList list;
    int calls = 0;
    const auto watch = list.add(2, [&calls] { ++calls; });
    list.notify(0);
    list.notify(1);
    EXPECT_EQ(calls, 0);
    list.notify(2);
    list.notify(3);
    EXPECT_EQ(calls, 1);
}

TEST(WatchList, CallsAtOnceForWhatIsThere) {
    WatchList list;
    list.notify(5);
    int calls = 0;
    const auto watch = list.add(3, [&calls] { ++calls; });
    EXPECT_EQ(calls, 1);
    list.notify(6);
    EXPECT_EQ(calls, 1);
}

TEST(WatchList, AnEndedWatchIsNotCalled) {
    WatchList list;
    int calls = 0;
    auto watch = list.add(0, [&calls] { ++calls; });
    watch.reset();
    list.notify(0);
    EXPECT_EQ(calls, 0);
}

TEST(WatchList, CallbacksMayEndWatchesAndAddNewOnes) {
    WatchList list;
    std::vector<int> calls;
    std::unique_ptr<Watch> own;
    std::unique_ptr<Watch> other;
    std::unique_ptr<Watch> next;
    own = list.add(0, [&] {
        calls.push_back(1);
        own.reset();
        other.reset();
        next = list.add(1, [&calls] { calls.push_back(3); });
    });
    other = list.add(0, [&calls] { calls.push_back(2); });
    list.notify(0);
    EXPECT_EQ(calls, std::vector{1});
    list.notify(1);
    EXPECT_EQ(calls, (std::vector{1, 3}));
}

TEST(WatchList, WatchesMayOutliveTheList) {
    std::optional<WatchList> list(std::in_place);
    int calls = 0;
    const auto watch = list->add(0, [&calls] { ++calls; });
    list.reset();
    EXPECT_EQ(calls, 0);
}

TEST(WatchList, ManyWaitForDifferentNumbers) {
    WatchList list;
    int calls = 0;
    std::vector<std::unique_ptr<Watch>> watches;
    for (int number = 9; number >= 0; --number) {
        watches.push_back(list.add(number, [&calls] { ++calls; }));
    }
    list.notify(3);
    EXPECT_EQ(calls, 4);
    list.notify(9);
    EXPECT_EQ(calls, 10);
}

}  // namespace
}  // namespace twinstorm::events
