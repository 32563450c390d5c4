// A device, a batch, and what the service would make of the messages in it.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "agent/message_writer.h"
#include "twinstorm/defender/security_message.h"
#include "twinstorm/host/catalogue.h"
#include "twinstorm/host/host.h"

namespace twinstorm::agent {

inline constexpr std::uint64_t kBig = std::numeric_limits<std::uint64_t>::max();
inline constexpr auto kWord = std::numeric_limits<std::uint32_t>::max();
inline constexpr auto kPort = std::numeric_limits<std::uint16_t>::max();

class WriterFixture : public testing::Test {
protected:
    [[nodiscard]] Sender sender(Encoding encoding, Family family = Family::kMicroLinux) const {
        return {.host = host,
                .anchor = WallAnchor{kVirtualEpoch},
                .family = family,
                .encoding = encoding,
                .id_seed = 7,
                .collection_interval_s = 60};
    }
    // Writes one message's worth into the emptied batch.
    template <class Write>
    void write(const Sender& from, Write write_all) {
        batch.clear();
        MessageWriter writer(batch, from, SendPriority::kLow);
        write_all(writer);
        writer.finish();
    }
    template <class Write>
    void write(Encoding encoding, Family family, Write write_all) {
        write(sender(encoding, family), write_all);
    }

    // Empty: the service would process every message.
    [[nodiscard]] std::string complaint(defender::Mode mode = defender::Mode::kStrict) const {
        for (const Part& part : batch.parts) {
            const bool flat = part.encoding == Encoding::kFlatBuffers;
            const auto verdict = defender::judge(batch.body(part), flat ? "2.3-1-0-0" : "", mode);
            if (!verdict.accepted()) {
                return verdict.where + " " + std::string(name(verdict.reason)) + " " +
                       verdict.detail;
            }
        }
        return batch.parts.empty() ? "no message" : "";
    }
    [[nodiscard]] boost::json::value event(std::size_t index = 0, std::size_t part = 0) const {
        return boost::json::parse(batch.body(batch.parts.at(part))).at("Events").at(index);
    }
    [[nodiscard]] boost::json::value item(std::size_t index = 0, std::size_t part = 0) const {
        return event(index, part).at("Payload").at(0);
    }

    [[nodiscard]] static std::string text(const boost::json::value& value) {
        return std::string(value.as_string());
    }

    // Events at their widest, of every entry of the catalogue.
    [[nodiscard]] static Kept<host::ProcessEvent> process(std::uint16_t program = 0,
                                                          std::uint16_t user = 0) {
        return {.event = {.at = kRunStart + std::chrono::seconds(5),
                          .id = 22,
                          .process_id = kWord,
                          .parent_process_id = kWord - 1,
                          .program = program,
                          .user = user},
                .last = kRunStart + std::chrono::hours(1),
                .hit_count = 3};
    }
    [[nodiscard]] static Kept<host::FlowEvent> flow(std::uint16_t connection = 0) {
        return {.event = {.at = kRunStart + std::chrono::seconds(5),
                          .id = 24,
                          .bytes_in = kBig,
                          .bytes_out = kBig,
                          .process_id = kWord,
                          .local_address = 0xc0a8c8ef,
                          .remote_address = 0xcb0071fe,
                          .local_port = 40'000,
                          .remote_port = kPort,
                          .connection = connection},
                .last = kRunStart + std::chrono::hours(1),
                .hit_count = 17};
    }
    [[nodiscard]] static Kept<host::LoginEvent> login(host::LoginOperation operation,
                                                      std::uint32_t from = 0xcb0071fe) {
        return {.event = {.at = kRunStart,
                          .id = 26,
                          .process_id = kWord,
                          .remote_address = from,
                          .remote_port = 51'514,
                          .operation = operation},
                .last = kRunStart,
                .aggregated = false};
    }
    // An index of every entry.
    template <class Container>
    [[nodiscard]] static std::vector<std::uint16_t> all(const Container& container) {
        std::vector<std::uint16_t> indexes(container.size());
        for (std::size_t i = 0; i < indexes.size(); ++i) {
            indexes[i] = static_cast<std::uint16_t>(i);
        }
        return indexes;
    }
    [[nodiscard]] static std::vector<host::CheckFinding> findings() {
        std::vector<host::CheckFinding> found;
        for (const std::uint16_t check : all(host::catalogue().checks)) {
            found.push_back({check, static_cast<host::CheckResult>(check % 4)});
        }
        return found;
    }

    host::Host host{"gw-00017", 1, host::Kind::kGateway, WallAnchor{kVirtualEpoch}};
    const host::Catalogue& catalogue = host::catalogue();
    Batch batch;
};

}  // namespace twinstorm::agent
