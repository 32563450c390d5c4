#include "amqp/address.h"

#include <gtest/gtest.h>

namespace twinstorm::amqp {
namespace {

using Kind = Address::Kind;

constexpr std::string_view kEntity = "ehub";

[[nodiscard]] Kind kind_of(std::string_view text) {
    return parse_address(text, kEntity).kind;
}

TEST(Address, NamesEachNode) {
    EXPECT_EQ(kind_of("$cbs"), Kind::kCbs);
    EXPECT_EQ(kind_of("$management"), Kind::kManagement);
    EXPECT_EQ(kind_of("ehub/$management"), Kind::kManagement);
    EXPECT_EQ(kind_of("/messages/events/$management"), Kind::kRedirect);
    EXPECT_EQ(kind_of("amqps://h:5671/messages/events/$management"), Kind::kRedirect);
    EXPECT_EQ(kind_of("/messages/devicebound"), Kind::kDeviceBound);
    EXPECT_EQ(kind_of("/messages/DeviceBound"), Kind::kDeviceBound);
    EXPECT_EQ(kind_of("/messages/serviceBound/feedback"), Kind::kFeedback);
    EXPECT_EQ(kind_of("/messages/servicebound/FileNotifications"), Kind::kFileNotifications);
}

TEST(Address, ReadersNameGroupAndPartition) {
    for (const std::string_view text :
         {"ehub/ConsumerGroups/$Default/Partitions/3", "/ehub/consumergroups/$Default/partitions/3",
          "amqps://ns:5671/EHUB/ConsumerGroups/$Default/Partitions/3",
          "messages/events/ConsumerGroups/$Default/Partitions/3"}) {
        const Address address = parse_address(text, kEntity);
        EXPECT_EQ(address.kind, Kind::kEvents) << text;
        EXPECT_EQ(address.consumer_group, "$Default");
        EXPECT_EQ(address.partition, "3");
    }
}

TEST(Address, AllElseIsUnknown) {
    for (const std::string_view text :
         {"", "/", "ehub", "ehub/", "other/$management", "ehub/ConsumerGroups/g/Partitions",
          "ehub/ConsumerGroups/g/Partitions/0/x", "ehub/Groups/g/Partitions/0", "://", "a://",
          "$cbs/x", "messages"}) {
        EXPECT_EQ(kind_of(text), Kind::kUnknown) << text;
    }
}

TEST(Address, AudiencesLoseSchemeAndHost) {
    EXPECT_EQ(audience_path("sb://ns:5671/ehub/$management"), "ehub/$management");
    EXPECT_EQ(audience_path("sb://ns/ehub/"), "ehub");
    EXPECT_EQ(audience_path("hub1.azure-devices.net"), "");
    EXPECT_EQ(audience_path("hub1.azure-devices.net/messages/events"), "messages/events");
    EXPECT_EQ(audience_path("hub1.azure-devices.net%2Fmessages%2Fevents"), "messages/events");
    EXPECT_EQ(audience_path(""), "");
}

TEST(Address, AGrantCoversWholeSegments) {
    EXPECT_TRUE(covers("", "ehub/$management"));
    EXPECT_TRUE(covers("ehub", "ehub/ConsumerGroups/g/Partitions/0"));
    EXPECT_TRUE(covers("EHUB/consumergroups", "ehub/ConsumerGroups/g/Partitions/0"));
    EXPECT_FALSE(covers("eh", "ehub/$management"));
    EXPECT_FALSE(covers("ehub/$management", "ehub/ConsumerGroups/g/Partitions/0"));
    EXPECT_FALSE(covers("ehub/ConsumerGroups/g/Partitions/0", "ehub"));
}

}  // namespace
}  // namespace twinstorm::amqp
