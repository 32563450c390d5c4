// One simulated device as a computer: who it is, and what happens on it.
//
// Rule:   what happens is a pure function of (seed, device id, instant): whoever looks, however
//         often, on any worker, sees the same events with the same ids. Agents on one device need
//         not share a Host to agree. Events tell one story: a login opens a shell, the shell
//         starts programs, programs open connections; all carry matching process ids.
// Shape:  days have a rhythm at the device's own zone. Nothing lasts across its hour.
// Size:   a few hundred bytes; texts stand in the shared catalogue.
// Owner:  one agent. Looking is const and allocates only what Happenings lacks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/base/time.h"
#include "twinstorm/host/catalogue.h"
#include "twinstorm/host/event.h"
#include "twinstorm/host/playbook.h"

namespace twinstorm::host {

// What sort of device it is: which programs it runs, how busy it is, when.
enum class Kind : std::uint8_t { kGateway, kCamera, kIndustrialPc, kKiosk, kSensor };
inline constexpr std::size_t kKindCount = 5;
[[nodiscard]] std::string_view name(Kind kind);  // `industrial-pc`
[[nodiscard]] std::optional<Kind> find_kind(std::string_view name);

inline constexpr std::size_t kUuidBytes = 36;
inline constexpr std::size_t kHostNameBytesMax = 63;  // One DNS label.
inline constexpr std::size_t kEventsDrawnMax = 4096;  // Of a stream in one look; older are skipped.

struct Profile {
    std::array<char, kUuidBytes> agent_id{};
    std::string host_name;  // The device id, made a DNS label: nothing in it needs escaping.
    Kind kind = Kind::kGateway;
    double pace = 1;            // How much busier than the average of its kind.
    std::uint32_t address = 0;  // Its own, in a private /24.
    std::uint32_t serial_number = 0;
    std::uint64_t mac = 0;          // Of eth0; locally administered, so nobody's.
    std::int16_t zone_minutes = 0;  // East of UTC.
    std::uint16_t cloud_port = 0;   // The local end of its long connection to the cloud.
    std::uint16_t machine = 0;
    std::uint16_t operating_system = 0;
    std::uint16_t person = 0;  // catalogue().users: who works on it.
};

enum class CheckResult : std::uint8_t { kPass, kFail, kSkip, kError };

struct CheckFinding {
    std::uint16_t check = 0;  // catalogue().checks
    CheckResult result = CheckResult::kPass;
};

struct MemoryFacts {
    std::uint64_t free_kb = 0;
    std::uint64_t free_swap_kb = 0;
};

struct KindFacts;                 // sim/host/habits.h
enum class Trace : std::uint8_t;  // sim/host/playbook_rows.h

class Host {
public:
    Host(std::string_view device_id, std::uint64_t seed, Kind kind, WallAnchor anchor);

    [[nodiscard]] const Profile& profile() const { return profile_; }

    // Appends what the streams saw in [from, until), each in the order of time.
    void look(StreamSet streams, TimePoint from, TimePoint until, Happenings& seen) const;
    // One event more, for a load that must have something to send: the number-th such event.
    void add_one(Stream stream, std::uint64_t number, TimePoint at, Happenings& seen) const;

    // Snapshots at an instant; all append indexes or values to `found`.
    [[nodiscard]] MemoryFacts memory(TimePoint at) const;
    void checks(TimePoint at, std::vector<CheckFinding>& found) const;
    void packages(TimePoint at, std::vector<std::uint16_t>& found) const;         // catalogue()
    void listening_ports(TimePoint at, std::vector<std::uint16_t>& found) const;  // catalogue()
    void firewall_rules(TimePoint at, std::vector<std::uint16_t>& found) const;   // catalogue()
    void users(TimePoint at, std::vector<std::uint16_t>& found) const;            // catalogue()
    void hardware(std::vector<std::uint16_t>& found) const;                       // catalogue()
    // Of a program that runs all the time; stable on this device.
    [[nodiscard]] std::uint32_t process_id_of(std::uint16_t program) const;

    // From `at` on its events are part of what happens, and of the snapshots it shows in. The
    // number tells its events from those of other plays.
    void play(PlaybookId playbook, TimePoint at, PlayNumber number = 0);
    // Which plays an event came from, by its id; the traces of which plays a snapshot shows.
    [[nodiscard]] static PlaySet plays_of(std::uint64_t event_id) {
        return (event_id & 1) == 0 ? PlaySet{0} : PlaySet{1} << (event_id >> 1 & kPlayMask);
    }
    [[nodiscard]] PlaySet plays_shown(Snapshot snapshot, TimePoint at) const;
    [[nodiscard]] static bool is_played(std::uint64_t event_id) { return plays_of(event_id) != 0; }
    [[nodiscard]] bool shows_playbook(Snapshot snapshot, TimePoint at) const {
        return plays_shown(snapshot, at) != 0;
    }

private:
    struct Played {
        TimePoint at;
        PlaybookId playbook;
        PlayNumber number;
    };
    static constexpr std::uint64_t kPlayMask = kPlayNumbers - 1;
    struct Sight;      // One look under way.
    struct Draw;       // How often a habit begins.
    struct Beginning;  // Of an activity.

    [[nodiscard]] std::int64_t skip_ahead(std::int64_t first, std::int64_t last,
                                          Sight& sight) const;
    void look_into_hour(std::int64_t hour, Sight& sight) const;
    [[nodiscard]] std::size_t draw_beginnings(std::int64_t hour, StreamSet wanted,
                                              const Sight& sight, Beginning* drawn) const;
    [[nodiscard]] std::size_t place(std::int64_t hour, const Draw& draw, const Sight& sight,
                                    Beginning* drawn) const;
    void look_at_playbooks(const Sight& sight) const;
    void add_login(std::uint64_t number, TimePoint at, const Sight& sight) const;
    [[nodiscard]] std::int64_t hour_of(TimePoint at) const;
    [[nodiscard]] TimePoint start_of(std::int64_t hour) const;
    [[nodiscard]] std::int64_t day_of(TimePoint at) const;
    [[nodiscard]] bool shows(Trace trace, TimePoint at) const;

    Profile profile_;
    const KindFacts* facts_;   // Shared, immutable.
    Duration local_at_start_;  // Wall time at the device's zone when the run starts.
    std::uint64_t seed_;
    std::uint32_t pace_;          // The profile's, in 2^-8.
    std::vector<Played> played_;  // Empty on almost all devices.
};

}  // namespace twinstorm::host
