#include "paho_link/open_error.h"

#include <gtest/gtest.h>

namespace twinstorm::paho_link {
namespace {

const net::Destination kPlain{"hub.example", 1883, "", false};
const net::Destination kTls{"hub.example", 8883, "", true};

TEST(OpenError, KnowsTheCodesOfConnAck) {
    for (int code = 1; code <= 5; ++code) {
        const OpenFailed refused{code, "CONNACK return code", false};
        EXPECT_TRUE(is_refusal(refused));
        const Error why = open_error(refused, kTls);
        EXPECT_EQ(why.code, ErrorCode::kRefused);
        EXPECT_EQ(why.detail, "CONNACK " + std::to_string(code));
    }
    const OpenFailed reserved{6, "CONNACK return code", false};
    EXPECT_FALSE(is_refusal(reserved));
    EXPECT_EQ(open_error(reserved, kTls).code, ErrorCode::kMalformedPacket);
}

TEST(OpenError, TellsFailuresApartAsFarAsPahoDoes) {
    struct Row {
        OpenFailed event;
        net::Destination destination;
        ErrorCode code;
    };
    const std::vector<Row> rows{
        {{-1, "", false}, kPlain, ErrorCode::kUnreachable},
        {{-1, "", false}, kTls, ErrorCode::kUnreachable},
        {{-1, "TCP/TLS connect failure", false}, kPlain, ErrorCode::kUnreachable},
        {{-1, "TCP/TLS connect failure", false}, kTls, ErrorCode::kUnreachable},
        {{-1, "TCP/TLS connect failure", true}, kTls, ErrorCode::kTls},
        {{-1, "TCP/TLS connect failure", true}, kPlain, ErrorCode::kUnreachable},
        {{-1, "TCP connect timeout", false}, kTls, ErrorCode::kTimedOut},
        {{-1, "TCP connect completion failure", false}, kPlain, ErrorCode::kClosedByPeer},
        {{-1, "socket error", false}, kPlain, ErrorCode::kClosedByPeer},
        {{-3, "CONNACK return code", false}, kPlain, ErrorCode::kClosedByPeer},
    };
    for (const Row& row : rows) {
        EXPECT_FALSE(is_refusal(row.event));
        const Error why = open_error(row.event, row.destination);
        EXPECT_EQ(why.code, row.code) << row.event.reason;
        EXPECT_EQ(why.detail.find("hub.example:"), 0u) << why.detail;
    }
}

TEST(OpenError, NamesTheCertificateWhenItMayBeTheReason) {
    const OpenFailed failed{-1, "TCP/TLS connect failure", false};
    EXPECT_NE(open_error(failed, kTls).detail.find("certificate"), std::string::npos);
    EXPECT_EQ(open_error(failed, kPlain).detail.find("certificate"), std::string::npos);
}

}  // namespace
}  // namespace twinstorm::paho_link
