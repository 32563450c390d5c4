// Encoder `json-1.0`: writes one security message of schema 1.0, strictly valid, into text.
//
// Use:    add what there is, then finish(); a message without events is never begun.
// Rules:  a heartbeat has no Name in schema 1.0, and the service silently ignores new Names. It
//         travels as a Periodic SystemInformation event, IsEmpty, without payload: the one form in
//         which the schema lets an agent say that it lives.
// Limits: each event stays under the size named for its kind (asserted), so callers can count.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "agent/event.h"
#include "twinstorm/agent/device_profile.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/base/time.h"

namespace twinstorm::agent {

class SecurityMessage {
public:
    static constexpr std::size_t kEnvelopeBytesMax = 160;
    static constexpr std::size_t kHeartbeatBytesMax = 320;
    static constexpr std::size_t kSystemInformationBytesMax = 1200;
    static constexpr std::size_t kProcessBytesMax = 800;
    static constexpr std::size_t kFlowBytesMax = 880;
    static constexpr std::size_t kLoginBytesMax = 560;

    // `random` makes the event ids.
    SecurityMessage(std::string& body, const DeviceProfile& profile, WallAnchor anchor,
                    Random& random);

    void add_heartbeat(TimePoint at);
    void add_system_information(TimePoint at);
    void add(const ProcessEvent& event);
    void add(const FlowEvent& event);
    void add(const LoginEvent& event);

    [[nodiscard]] bool finish();  // False when nothing was added: then the body is as it was.

private:
    void begin_event(TimePoint at, std::string_view after_times);
    void end_event(std::string_view end, std::size_t bytes_max);
    void add_span(TimePoint first, TimePoint last);
    void add_number(std::string_view before, std::uint64_t value);
    void add_time(std::string_view before, TimePoint at, int zone_minutes);
    void add_address(std::string_view before, std::uint32_t address);

    std::string& body_;
    const DeviceProfile& profile_;
    WallAnchor anchor_;
    Random& random_;
    std::size_t begin_;
    std::size_t event_begin_ = 0;
};

}  // namespace twinstorm::agent
