// Reads FlatBuffers messages with the reader that flatc makes of the schema.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <flatbuffers/idl.h>
#include <flatbuffers/util.h>
#include <security_message_generated.h>

namespace twinstorm::agent {

// Throws when flatc's verifier finds a flaw. Bodies in a batch are not aligned; readers want that.
inline std::unique_ptr<AzureIoTSecurity::MessageT> read_flat(std::string_view body) {
    std::vector<std::uint64_t> aligned((body.size() + 7) / 8);
    std::memcpy(aligned.data(), body.data(), body.size());
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(aligned.data());
    flatbuffers::Verifier verifier(bytes, body.size());
    if (!AzureIoTSecurity::VerifyMessageBuffer(verifier)) {
        throw std::runtime_error("flatc's verifier refuses the message");
    }
    return AzureIoTSecurity::UnPackMessage(bytes);
}

// The message as JSON: flatc's own rendering of it.
inline std::string flat_text(std::string_view body) {
    std::string schema;
    flatbuffers::Parser parser;
    if (!flatbuffers::LoadFile(TWINSTORM_SOURCE_DIR "/sim/agent/security_message.fbs", false,
                               &schema) ||
        !parser.Parse(schema.c_str())) {
        throw std::runtime_error("no schema: " + parser.error_);
    }
    std::vector<std::uint64_t> aligned((body.size() + 7) / 8);
    std::memcpy(aligned.data(), body.data(), body.size());
    std::string text;
    if (!flatbuffers::GenerateText(parser, aligned.data(), &text)) {
        throw std::runtime_error("flatc cannot render the message");
    }
    return text;
}

// Made with flatc 2.0.8 and read by the original readers: version 3.5.4, event id bytes 00 to 0f,
// time 1700000000. A heartbeat, interval 60; and, interval 10, one TCP flow from 10.0.0.5:40000 to
// 8.8.8.8:443, 1000 bytes in and 500 out.
inline constexpr std::string_view kGoldenHeartbeat =
    "100000000c0010000400080000000c000c000000140000000400050304000000010000003000000018000000"
    "646566656e6465722d696f742d6d6963726f2d6167656e7400000e002400080018001c00070020000e000000"
    "00000004000102030405060708090a0b0c0d0e0f00f153653c000000080000000400040004000000";
inline constexpr std::string_view kGoldenFlow =
    "100000000c0010000400080000000c000c000000140000000400050304000000010000003000000018000000"
    "646566656e6465722d696f742d6d6963726f2d6167656e7400000e002600080018001c00070020000e000000"
    "00000001000102030405060708090a0b0c0d0e0f00f153650a0000000c000000000006000800040006000000"
    "04000000010000000c0000000800100004000c00080000000a00000508080808100000000c00100004000600"
    "08000c000c000000409cbb01e8030000f4010000";

inline std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return bytes;
}

// With the golden vectors' event id in the place where they have it.
inline std::string with_golden_id(std::string body) {
    constexpr std::size_t kIdAt = 92;
    for (std::size_t i = 0; i < 16; ++i) {
        body.at(kIdAt + i) = static_cast<char>(i);
    }
    return body;
}

}  // namespace twinstorm::agent
