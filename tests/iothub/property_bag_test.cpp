#include "twinstorm/iothub/property_bag.h"

#include <gtest/gtest.h>

#include "support/allocations.h"

namespace twinstorm::iothub {
namespace {

constexpr std::string_view kLegacyBag =
    "%24.ce=application%2fjson&%24.ifid=urn%3aazureiot%3aSecurity%3aSecurityAgent%3a1";
constexpr std::string_view kRtosBag =
    "mti=2.3-1-0-0&%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1";

TEST(PropertyBag, KeepsOrderAndTellsNoValueFromAnEmptyOne) {
    const auto bag = PropertyBag::parse("b=2&a=1&empty=&none&x%20y=%3D%26");
    ASSERT_TRUE(bag);
    EXPECT_EQ(bag->properties(),
              (std::vector<Property>{
                  {"b", "2"}, {"a", "1"}, {"empty", ""}, {"none", std::nullopt}, {"x y", "=&"}}));
    EXPECT_EQ(bag->find("none"), "");
    EXPECT_EQ(bag->find("absent"), std::nullopt);
    EXPECT_EQ(bag->format(), "b=2&a=1&empty=&none&x%20y=%3D%26");
}

TEST(PropertyBag, ToleratesWhatClientsSend) {
    for (const char* text : {"$.mid=7&color=red", "%24.mid=7&color=red", "?$.mid=7&color=red",
                             "$.mid=7&color=red/", "?%24%2emid=7&&color=red&/"}) {
        const auto bag = PropertyBag::parse(text);
        ASSERT_TRUE(bag) << text;
        EXPECT_EQ(bag->format(), "%24.mid=7&color=red") << text;
    }
    for (const char* empty : {"", "?", "/", "?/", "&&"}) {
        EXPECT_TRUE(PropertyBag::parse(empty)->properties().empty()) << empty;
    }
}

TEST(PropertyBag, RefusesBadEscapes) {
    for (const char* wrong : {"a=%", "%2=1", "a=1&b=%zz", "a=%4/"}) {
        EXPECT_EQ(PropertyBag::parse(wrong).error().code, ErrorCode::kInvalidArgument) << wrong;
        EXPECT_FALSE(glance(wrong).valid) << wrong;
    }
}

TEST(PropertyBag, SetReplacesInPlace) {
    PropertyBag bag;
    bag.set(system_property::kMessageId, "1");
    bag.set("color", "red");
    bag.set(system_property::kMessageId, "a b");
    EXPECT_EQ(bag.format(), "%24.mid=a%20b&color=red");
}

TEST(PropertyBag, KnowsSecurityMessages) {
    EXPECT_TRUE(PropertyBag::parse(kLegacyBag)->is_security_message());
    EXPECT_TRUE(PropertyBag::parse(kRtosBag)->is_security_message());
    PropertyBag bag;
    EXPECT_FALSE(bag.is_security_message());
    bag.set(system_property::kInterfaceId, kSecurityInterfaceId);
    EXPECT_EQ(bag.format(), "%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1");
    EXPECT_TRUE(bag.is_security_message());
    bag.set(system_property::kInterfaceId, "urn:azureiot:security:securityagent:1");
    EXPECT_FALSE(bag.is_security_message());
}

TEST(PropertyBag, MetersSystemValuesAndApplicationNamesWithValues) {
    EXPECT_EQ(PropertyBag::parse("$.mid=12345&color=r%20d")->metered_bytes(), 5u + 5u + 3u);
    EXPECT_EQ(PropertyBag::parse("none&iothub-ack=full")->metered_bytes(), 4u + 10u + 4u);
    EXPECT_EQ(PropertyBag::parse("")->metered_bytes(), 0u);
}

TEST(Glance, SeesWhatTheBagSees) {
    for (const std::string_view text :
         {kLegacyBag, kRtosBag, std::string_view("$.ifid=urn:azureiot:Security:SecurityAgent:1"),
          std::string_view("?%24%2Eifid=%75rn%3aazureiot%3ASecurity:SecurityAgent:1/"),
          std::string_view("$.mid=a%2Fb&x&y=%20"), std::string_view("$.ifid&$.ifid=x"),
          std::string_view("$.ifid=other&$.ifid=urn:azureiot:Security:SecurityAgent:1"),
          std::string_view("$.ifidx=urn:azureiot:Security:SecurityAgent:1&$=&.mid=3"),
          std::string_view("$.mid=1&$.mid=2"), std::string_view()}) {
        const auto bag = PropertyBag::parse(text);
        ASSERT_TRUE(bag) << text;
        const BagGlance seen = glance(text);
        EXPECT_TRUE(seen.valid) << text;
        EXPECT_EQ(seen.security_message, bag->is_security_message()) << text;
        EXPECT_EQ(seen.metered_bytes, bag->metered_bytes()) << text;
    }
}

TEST(Glance, FindsTheSecurityMarkInEverySpelling) {
    for (const std::string_view text :
         {kLegacyBag, kRtosBag, std::string_view("$.ifid=urn:azureiot:Security:SecurityAgent:1"),
          std::string_view("a=b&%24.ifid=urn%3aazureiot%3ASecurity:SecurityAgent:1/")}) {
        EXPECT_TRUE(glance(text).security_message) << text;
    }
    for (const std::string_view text :
         {"", "ifid=urn:azureiot:Security:SecurityAgent:1", "%24.ifid=urn%3aazureiot",
          "%24.ifid=urn:azureiot:Security:SecurityAgent:11", "$.ifid"}) {
        EXPECT_FALSE(glance(text).security_message) << text;
    }
}

TEST(Glance, TheMessageIdStaysEncoded) {
    EXPECT_EQ(glance("x=1&%24.mid=a%2Fb&y=2").message_id, "a%2Fb");
    EXPECT_EQ(glance("$.mid=7/").message_id, "7");
    EXPECT_EQ(glance("$.mid=1&$.mid=2").message_id, "1");
    EXPECT_EQ(glance("mid=7").message_id, "");
}

TEST(Glance, AllocatesNothing) {
    const std::string text = std::string(kLegacyBag) + "&%24.mid=0123456789abcdef0123456789abcdef" +
                             "&some-application-property=with%20a%20long%20value%20in%20it";
    const std::uint64_t before = support::allocations();
    const BagGlance seen = glance(text);
    EXPECT_EQ(support::allocations() - before, 0u);
    EXPECT_TRUE(seen.security_message);
    const auto bag = PropertyBag::parse(text);  // The counter does count.
    EXPECT_GT(support::allocations() - before, 0u);
    EXPECT_EQ(bag->metered_bytes(), seen.metered_bytes);
}

}  // namespace
}  // namespace twinstorm::iothub
