#include "amqp/sasl.h"

#include <gtest/gtest.h>

#include "amqp/raw_frames.h"

namespace twinstorm::amqp {
namespace {

[[nodiscard]] Result<SaslInit> read(std::string_view mechanism, std::string_view response) {
    return read_sasl_init(testing::raw(testing::frame(
        0x41, 0,
        [&](Encoder& encoder) {
            encoder.symbol(mechanism);
            encoder.binary(response);
        },
        {}, '\1')));
}

TEST(Sasl, PlainHasAUserAndAPassword) {
    const auto init = read("PLAIN", std::string_view("\0service@sas.root.hub1\0sig=a b", 30));
    ASSERT_TRUE(init.has_value());
    EXPECT_FALSE(init->anonymous);
    EXPECT_EQ(init->user, "service@sas.root.hub1");
    EXPECT_EQ(init->password, "sig=a b");
    EXPECT_EQ(read("PLAIN", std::string_view("id\0u\0p", 6))->user, "u");
}

TEST(Sasl, AnonymousHasNeither) {
    EXPECT_TRUE(read("ANONYMOUS", "trace").value().anonymous);
}

TEST(Sasl, RefusesOtherMechanismsAndHalfAnswers) {
    EXPECT_EQ(read("EXTERNAL", "").error().code, ErrorCode::kRefused);
    EXPECT_FALSE(read("PLAIN", "").has_value());
    EXPECT_FALSE(read("PLAIN", std::string_view("\0user", 5)).has_value());
}

TEST(Sasl, OffersBothInOneFrame) {
    Buffer out;
    put_sasl_mechanisms(out);
    const std::string text = testing::text_of_frame(out);
    EXPECT_EQ(static_cast<std::size_t>(text[3]), text.size());
    EXPECT_NE(text.find("ANONYMOUS"), std::string::npos);
    EXPECT_NE(text.find("PLAIN"), std::string::npos);
}

}  // namespace
}  // namespace twinstorm::amqp
