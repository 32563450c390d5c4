#include <string_view>

#include "host/entries.h"
#include "host/rows.h"

namespace twinstorm::host {
namespace {

using namespace user;

constexpr std::string_view kPersonGroupIds = "1000;4;20;27";
constexpr std::string_view kPersonGroups = ";adm;dialout;sudo";

constexpr KindSet kServing = of(Kind::kGateway) | of(Kind::kCamera) | of(Kind::kIndustrialPc);

constexpr UserRow kUsers[] = {
    {kRoot, kEveryKind, "0", "root", "0", "root"},
    {kWebServer, kServing, "33", "www-data", "33", "www-data"},
    {user::kMosquitto, of(Kind::kGateway) | of(Kind::kSensor), "112", "mosquitto", "120;118",
     "mosquitto;ssl-cert"},
    {kChrony, kEveryKind, "103", "_chrony", "107", "_chrony"},
    {kResolve, kEveryKind, "101", "systemd-resolve", "103", "systemd-resolve"},
    {kSyslog, kEveryKind, "104", "syslog", "110;4", "syslog;adm"},
    {user::kSshd, kEveryKind, "105", "sshd", "65534", "nogroup"},
    {kMessagebus, kEveryKind, "106", "messagebus", "111", "messagebus"},
    {kPrinting, of(Kind::kKiosk), "7", "lp", "7", "lp"},
    {kTechnician, kEveryKind, "1002", "technician", "1002;20", "technician;dialout"},
    // Who works on it: one of these on each device; an empty kind set, since profiles choose.
    {kPersonFirst, 0, "1000", "pi", kPersonGroupIds, kPersonGroups},
    {kPersonFirst + 1, 0, "1000", "debian", kPersonGroupIds, kPersonGroups},
    {kPersonFirst + 2, 0, "1000", "gateway", kPersonGroupIds, kPersonGroups},
    {kPersonFirst + 3, 0, "1000", "maintenance", kPersonGroupIds, kPersonGroups},
    {kPersonFirst + 4, 0, "1000", "plant", kPersonGroupIds, kPersonGroups},
    // Names that strangers try, and people mistype.
    {kStrangerFirst, 0, "", "admin", "", ""},
    {kStrangerFirst + 1, 0, "", "test", "", ""},
    {kStrangerFirst + 2, 0, "", "ubnt", "", ""},
    {kStrangerFirst + 3, 0, "", "oracle", "", ""},
    {kStrangerFirst + 4, 0, "", "guest", "", ""},
    {kStrangerFirst + 5, 0, "", "support", "", ""},
    // Of playbooks.
    {kTechnicianPromoted, 0, "1002", "technician", "1002;20;27", "technician;dialout;sudo"},
    {kTechnicianDemoted, 0, "1002", "technician", "1002", "technician"},
    {kIntruder, 0, "0", "intruder", "0", "root"},
};
static_assert(stands_in_order(kUsers, 0));
static_assert(std::size(kUsers) == user::kEnd);

constexpr std::string_view kDomains[] = {
    "",
    "hub.cloud.example",
    "deb.mirrors.example",
    "security.mirrors.example",
    "time.pool.example",
    "content.kiosk.example",
    "ingest.video.example",
    "malware.bad-host.example",
    "c2.bad-domain.example",
    "pool.miner.example",
    "drop.bad-host.example",
};
static_assert(std::size(kDomains) == domain::kEnd);

constexpr std::string_view kTerminals[] = {"pts/0", "pts/1", "pts/2",    "pts/3",
                                           "tty1",  "tty2",  "ssh:notty"};
static_assert(std::size(kTerminals) == terminal::kEnd);

}  // namespace

std::span<const UserRow> user_rows() {
    return kUsers;
}

std::span<const std::string_view> domain_rows() {
    return kDomains;
}

std::span<const std::string_view> terminal_rows() {
    return kTerminals;
}

}  // namespace twinstorm::host
