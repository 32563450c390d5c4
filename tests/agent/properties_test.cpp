#include <gtest/gtest.h>

#include "twinstorm/agent/agent.h"
#include "twinstorm/iothub/property_bag.h"

namespace twinstorm::agent {
namespace {

constexpr const char* kLower =
    "&%24.ce=application%2fjson&%24.ifid=urn%3aazureiot%3aSecurity%3aSecurityAgent%3a1";
constexpr const char* kUpper = "&%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1";

std::string bag(Family family, Encoding encoding, SendPriority priority = SendPriority::kLow) {
    Part part;
    part.encoding = encoding;
    part.priority = priority;
    return std::string(property_bag(make_persona(family), part));
}

TEST(Properties, AreWrittenAsEachSdkWritesThem) {
    EXPECT_EQ(bag(Family::kMicroLinux, Encoding::kJson), kLower);
    EXPECT_EQ(bag(Family::kLegacyC, Encoding::kJsonAsShipped), kLower);
    EXPECT_EQ(bag(Family::kMicroLinux, Encoding::kFlatBuffers),
              std::string("&mti=2.3-1-1-0") + kLower);
    EXPECT_EQ(bag(Family::kMicroRtos, Encoding::kFlatBuffers),
              std::string("&mti=2.3-1-0-0") + kUpper);
    EXPECT_EQ(bag(Family::kMicroRtos, Encoding::kJson), std::string("&mti=2.3-0-0-0") + kUpper);
    EXPECT_EQ(bag(Family::kLegacyCs, Encoding::kJson, SendPriority::kHigh),
              std::string(kUpper) + "&MessagePriority=High");
    EXPECT_EQ(bag(Family::kLegacyCs, Encoding::kJson, SendPriority::kLow),
              std::string(kUpper) + "&MessagePriority=Low");
}

TEST(Properties, BytesAreWhatTheHubMeters) {
    for (const Family family :
         {Family::kMicroLinux, Family::kLegacyC, Family::kLegacyCs, Family::kMicroRtos}) {
        for (const Encoding encoding : {Encoding::kJson, Encoding::kFlatBuffers}) {
            Part part;
            part.encoding = encoding;
            const auto parsed = iothub::PropertyBag::parse(bag(family, encoding).substr(1));
            ASSERT_TRUE(parsed.has_value());
            EXPECT_TRUE(parsed->is_security_message());
            EXPECT_EQ(property_bytes(make_persona(family), part), parsed->metered_bytes());
        }
    }
}

TEST(Properties, TheAgentInCsAddsWhatItsTwinSays) {
    const Persona persona = make_persona(Family::kLegacyCs);
    Agent agent(persona, "gw-1", 1, WallAnchor{kVirtualEpoch});
    std::string text;
    agent.append_properties(text);
    EXPECT_EQ(text, "&HubResourceId=");
    const boost::json::object desired{
        {kLegacyObjectName,
         boost::json::object{{"hubResourceId", boost::json::object{{"value", "/hubs/a b"}}}}}};
    static_cast<void>(agent.apply(desired, nullptr, kRunStart));
    text.clear();
    agent.append_properties(text);
    EXPECT_EQ(text, "&HubResourceId=%2Fhubs%2Fa%20b");
    EXPECT_EQ(agent.own_property_bytes(),
              iothub::PropertyBag::parse(text.substr(1))->metered_bytes());
}

TEST(Properties, OtherAgentsAddNothing) {
    for (const Family family : {Family::kMicroLinux, Family::kLegacyC, Family::kMicroRtos}) {
        const Persona persona = make_persona(family);
        const Agent agent(persona, "gw-1", 1, WallAnchor{kVirtualEpoch});
        std::string text;
        agent.append_properties(text);
        EXPECT_EQ(text, "");
        EXPECT_EQ(agent.own_property_bytes(), 0u);
    }
}

}  // namespace
}  // namespace twinstorm::agent
