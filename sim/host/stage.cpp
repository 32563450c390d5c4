#include "host/stage.h"

#include "host/chance.h"
#include "host/entries.h"

namespace twinstorm::host {
namespace {

constexpr std::uint32_t kFirstProcessId = 5'000;  // Above every service's.
constexpr std::uint32_t kProcessIdMax = 4'194'303;
constexpr unsigned kProcessIdShift = 17;  // About 7.6 ids a second.

constexpr std::uint32_t kFreshPortFirst = 32'768;  // net.ipv4.ip_local_port_range.
constexpr std::uint32_t kFreshPorts = 16'384;
constexpr std::uint32_t kLongPortFirst = 49'152;  // As the profile's cloud_port.
constexpr std::uint32_t kLongPorts = 11'000;

constexpr std::uint32_t kDocumentationNets[] = {0xc0000200, 0xc6336400, 0xcb007100};  // RFC 5737.
constexpr std::uint32_t kFirstCloudHost = kDocumentationNets[2] + 20;
constexpr std::uint32_t kFirstMirror = kDocumentationNets[1] + 20;
constexpr std::uint32_t kMirrors = 4;
constexpr std::uint32_t kFirstStranger = 100;  // In each of the nets.
constexpr std::uint32_t kStrangers = 100;
constexpr std::uint32_t kNetMask = 0xffffff00;
constexpr std::uint32_t kFirstNeighbour = 10;
constexpr std::uint32_t kNeighbours = 6;

constexpr std::uint64_t kCastSalt = 0x6c62272e07bb0142;

constexpr std::uint32_t high(std::uint64_t bits) {
    return static_cast<std::uint32_t>(bits >> 32);
}
constexpr std::uint32_t low(std::uint64_t bits) {
    return static_cast<std::uint32_t>(bits);
}

// The lowest bit tells what was played, the six above it which play that was.
constexpr unsigned kPlayShift = 1;
constexpr std::uint64_t kPlayMask = kPlayNumbers - 1;

// A bijection of 63 bits and one bit that tells, so that ids stay distinct: of what is played,
// which is little, six bits give way to its number.
std::uint64_t event_id(std::uint64_t seed, std::size_t step, const Activity& activity) {
    const std::uint64_t number = activity.number * kStepsMax + step;
    constexpr std::uint64_t kMask = ~std::uint64_t{0} >> 1;
    std::uint64_t z = (number + seed) & kMask;
    z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & kMask;
    z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & kMask;
    const std::uint64_t id = (z ^ (z >> 31)) << 1;
    return activity.played
               ? (id & ~(kPlayMask << kPlayShift)) | activity.play_number << kPlayShift | 1
               : id;
}

}  // namespace

std::uint32_t process_id_at(std::uint64_t microseconds) {
    return kFirstProcessId +
           static_cast<std::uint32_t>((microseconds >> kProcessIdShift) %
                                      (kProcessIdMax - kFirstProcessId - kOwnMax));
}

std::uint32_t service_process_id(std::uint16_t program, std::uint64_t seed) {
    constexpr std::uint32_t kFirst = 380;
    constexpr std::uint32_t kStep = 23;
    if (program == program::kSystemd) {
        return 1;
    }
    return kFirst + kStep * program + scale(high(draw_at(seed, program)), kStep);
}

void Stage::perform(const Activity& activity) const {
    const std::uint64_t cast = mix(activity.seed ^ kCastSalt);
    for (std::size_t i = 0; i < activity.script.size(); ++i) {
        const Step& step = activity.script[i];
        if (!wanted_.has(step.stream)) {
            continue;
        }
        const std::uint64_t bits = draw_at(activity.seed, i);
        if ((bits & 0xff) < step.skipped) {
            continue;
        }
        const auto spread_ns =
            static_cast<std::int64_t>((bits >> 8 & 0xffff) * step.spread_ms * 1'000'000 >> 16);
        const TimePoint at =
            activity.at + Duration(std::int64_t{step.after_ms} * 1'000'000 + spread_ns);
        if (at < from_ || at >= until_) {
            continue;
        }
        const std::uint64_t id = event_id(seed_, i, activity);
        dispatch({activity, step, at, id, bits, cast});
    }
}

void Stage::perform_only(const Activity& activity, std::size_t i) const {
    dispatch({activity, activity.script[i], activity.at, event_id(seed_, i, activity),
              draw_at(activity.seed, i), mix(activity.seed ^ kCastSalt)});
}

void Stage::dispatch(const Cue& cue) const {
    const auto choice = static_cast<std::uint16_t>(scale(high(cue.bits), cue.step.choices));
    const auto entry = static_cast<std::uint16_t>(cue.step.entry + choice);
    switch (cue.step.stream) {
        case Stream::kProcesses:
            return add_process(cue);
        case Stream::kFlows:
            return add_flow(cue);
        case Stream::kLogins:
            return add_login(cue);
        case Stream::kFiles:
            seen_.files.push_back(
                {cue.at, cue.id, entry, static_cast<FileChange>(cue.step.change)});
            return;
        case Stream::kPeripherals:
            return add_peripheral(cue);
        case Stream::kLogs:
            seen_.logs.push_back({cue.at, cue.id, process_id(cue, cue.step.actor), entry,
                                  static_cast<LogLevel>(cue.step.change)});
            return;
    }
}

void Stage::add_process(const Cue& cue) const {
    ProcessEvent event;
    event.at = cue.at;
    event.id = cue.id;
    event.process_id = process_id(cue, cue.step.actor);
    event.parent_process_id = process_id(cue, cue.step.parent);
    event.program =
        static_cast<std::uint16_t>(cue.step.entry + scale(high(cue.bits), cue.step.choices));
    event.user = user(cue);
    event.change = static_cast<ProcessChange>(cue.step.change);
    // One job in 32 goes wrong.
    event.exit_status =
        event.change == ProcessChange::kExit && (cue.bits >> 24 & 0x1f) == 0 ? 1 : 0;
    seen_.processes.push_back(event);
}

void Stage::add_flow(const Cue& cue) const {
    const Step& step = cue.step;
    FlowEvent event;
    event.at = cue.at;
    event.id = cue.id;
    // Half to one and a half of the average.
    event.packets = 1 + scale(high(cue.bits), step.packets) + step.packets / 2U;
    const std::uint64_t bytes = std::uint64_t{event.packets} * step.packet_bytes;
    event.bytes_out = bytes * step.out_percent / 100;
    event.bytes_in = bytes - event.bytes_out;
    event.process_id = process_id(cue, step.actor);
    event.local_address = profile_.address;
    event.remote_address = peer(cue);
    event.local_port = step.inbound ? step.service_port : client_port(cue);
    event.remote_port = step.inbound ? client_port(cue) : step.service_port;
    event.connection = step.entry;
    event.domain = step.domain;
    seen_.flows.push_back(event);
}

void Stage::add_login(const Cue& cue) const {
    LoginEvent event;
    event.at = cue.at;
    event.id = cue.id;
    event.process_id = process_id(cue, cue.step.actor);
    event.remote_address = peer(cue);
    event.remote_port = client_port(cue);
    event.user = user(cue);
    event.terminal = cue.step.terminal != kSomePts
                         ? cue.step.terminal
                         : static_cast<std::uint16_t>(terminal::kPts0 + (cue.cast >> 14 & 3));
    event.operation = static_cast<LoginOperation>(cue.step.change);
    seen_.logins.push_back(event);
}

void Stage::add_peripheral(const Cue& cue) const {
    PeripheralEvent event;
    event.at = cue.at;
    event.id = cue.id;
    event.peripheral =
        static_cast<std::uint16_t>(cue.step.entry + scale(high(cue.bits), cue.step.choices));
    event.bus_number = static_cast<std::uint8_t>(1 + (cue.cast >> 14 & 1));
    event.kernel_device_number = static_cast<std::uint8_t>(3 + (cue.cast >> 15 & 0x1f));
    event.change = static_cast<PeripheralChange>(cue.step.change);
    seen_.peripherals.push_back(event);
}

std::uint32_t Stage::process_id(const Cue& cue, Actor actor) const {
    if (actor == kNobody) {
        return 0;
    }
    if (actor <= kOwnMax) {
        return cue.activity.process_id + actor;
    }
    return service_process_id(static_cast<std::uint16_t>(actor - kOwnMax - 1), seed_);
}

std::uint16_t Stage::user(const Cue& cue) const {
    switch (cue.step.user) {
        case kPerson:
            return profile_.person;
        case kSomeStranger:
            return static_cast<std::uint16_t>(
                user::kStrangerFirst +
                scale(high(cue.bits), user::kStrangerEnd - user::kStrangerFirst));
        default:
            return cue.step.user;
    }
}

std::uint32_t Stage::peer(const Cue& cue) const {
    const std::uint32_t net = profile_.address & kNetMask;
    switch (cue.step.peer) {
        case Peer::kItself:
            return 0;
        case Peer::kRouter:
            return net + 1;
        case Peer::kNeighbour:
            return net + kFirstNeighbour + cue.step.peer_number;
        case Peer::kSomeNeighbour:
            return net + kFirstNeighbour + scale(high(cue.cast), kNeighbours);
        case Peer::kCloud:
            return kFirstCloudHost + cue.step.peer_number;
        case Peer::kSomeMirror:
            return kFirstMirror + scale(high(cue.cast), kMirrors);
        case Peer::kStranger:
            return kDocumentationNets[(cue.cast >> 16 & 0xff) % 3] + kFirstStranger +
                   scale(high(cue.cast), kStrangers);
        case Peer::kAddress:
            return cue.step.address;
    }
    return 0;
}

std::uint16_t Stage::client_port(const Cue& cue) const {
    switch (cue.step.client_port) {
        case ClientPort::kFresh:
            return static_cast<std::uint16_t>(kFreshPortFirst +
                                              (low(cue.cast) & (kFreshPorts - 1)));
        case ClientPort::kDay: {
            const std::uint64_t which = std::uint64_t{cue.step.entry} << 8 | cue.step.peer_number;
            const std::uint64_t drawn =
                draw_at(seed_ + which, static_cast<std::uint32_t>(cue.activity.day));
            return static_cast<std::uint16_t>(kLongPortFirst + scale(high(drawn), kLongPorts));
        }
        case ClientPort::kCloud:
            return profile_.cloud_port;
        case ClientPort::kService:
            return cue.step.service_port;
        case ClientPort::kNone:
            return 0;
    }
    return 0;
}

}  // namespace twinstorm::host
