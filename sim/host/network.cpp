// What listens, and what the packet filter lets through. Everyday rules are narrow: a wide one is
// what the service recommends to mend.

#include "host/entries.h"
#include "host/rows.h"

namespace twinstorm::host {
namespace {

constexpr KindSet kGateway = of(Kind::kGateway);
constexpr KindSet kCamera = of(Kind::kCamera);
constexpr KindSet kIndustrialPc = of(Kind::kIndustrialPc);
constexpr KindSet kKiosk = of(Kind::kKiosk);
constexpr KindSet kSensor = of(Kind::kSensor);

constexpr auto kTcp = Protocol::kTcp;
constexpr auto kUdp = Protocol::kUdp;

constexpr ListeningPortRow kPorts[] = {
    {kEveryKind, 22, kTcp, program::kSshd, false},
    {kEveryKind, 53, kUdp, program::kResolved, true},
    {kEveryKind, 53, kTcp, program::kResolved, true},
    {kEveryKind, 323, kUdp, program::kChronyd, true},
    {kEveryKind, 514, kUdp, program::kRsyslogd, true},
    {kGateway | kCamera | kIndustrialPc, 80, kTcp, program::kNginx, false},
    {kGateway, 443, kTcp, program::kNginx, false},
    {kGateway, 1883, kTcp, program::kMosquitto, false},
    {kGateway, 8080, kTcp, program::kGatewayApp, true},
    {kGateway, 9001, kTcp, program::kMosquitto, true},
    {kCamera, 554, kTcp, program::kCameraApp, false},
    {kCamera, 3702, kUdp, program::kCameraApp, false},
    {kCamera, 8000, kTcp, program::kCameraApp, false},
    {kIndustrialPc, 4840, kTcp, program::kHmiApp, false},
    {kIndustrialPc, 8443, kTcp, program::kHistorian, false},
    {kIndustrialPc, 5432, kTcp, program::kHistorian, true},
    {kKiosk, 631, kTcp, program::kCupsd, true},
    {kKiosk, 9222, kTcp, program::kKioskApp, true},
    {kKiosk, 5353, kUdp, program::kCupsd, false},
    {kSensor, 5683, kUdp, program::kSensorApp, false},
    {kEveryKind, 5355, kUdp, program::kResolved, false},
    // Of a playbook.
    {0, 8888, kTcp, program::kNcListen, false},
};

constexpr auto kAllow = FirewallAction::kAllow;
constexpr auto kDeny = FirewallAction::kDeny;
constexpr auto kOther = FirewallAction::kOther;
constexpr auto kIn = Direction::kIn;
constexpr auto kOut = Direction::kOut;
constexpr std::string_view kTen = "10.0.0.0/8";
constexpr std::string_view kOneSevenTwo = "172.16.0.0/12";
constexpr std::string_view kOneNineTwo = "192.168.0.0/16";
constexpr std::string_view kCloud = "203.0.113.16/28";
constexpr std::string_view kMirrors = "198.51.100.16/28";

constexpr FirewallRow kRules[] = {
    {kEveryKind, kAllow, kIn, "INPUT", kTen, "", "22", "tcp"},
    {kEveryKind, kAllow, kIn, "INPUT", kOneSevenTwo, "", "22", "tcp"},
    {kEveryKind, kAllow, kIn, "INPUT", kOneNineTwo, "", "22", "tcp"},
    {kEveryKind, kOther, kIn, "INPUT", kTen, "", "5355", "udp"},
    {kGateway, kAllow, kIn, "INPUT", kTen, "", "80,443,1883", "tcp"},
    {kGateway, kAllow, kIn, "INPUT", kOneSevenTwo, "", "80,443,1883", "tcp"},
    {kGateway, kAllow, kIn, "INPUT", kOneNineTwo, "", "80,443,1883", "tcp"},
    {kCamera, kAllow, kIn, "INPUT", kTen, "", "80,554,8000", "tcp"},
    {kCamera, kAllow, kIn, "INPUT", kOneSevenTwo, "", "80,554,8000", "tcp"},
    {kCamera, kAllow, kIn, "INPUT", kOneNineTwo, "", "80,554,8000", "tcp"},
    {kIndustrialPc, kAllow, kIn, "INPUT", kTen, "", "80,4840,8443", "tcp"},
    {kIndustrialPc, kAllow, kIn, "INPUT", kOneSevenTwo, "", "80,4840,8443", "tcp"},
    {kIndustrialPc, kAllow, kIn, "INPUT", kOneNineTwo, "", "80,4840,8443", "tcp"},
    {kSensor, kAllow, kIn, "INPUT", kTen, "", "5683", "udp"},
    {kSensor, kAllow, kIn, "INPUT", kOneNineTwo, "", "5683", "udp"},
    {kEveryKind, kDeny, kIn, "INPUT", "", "", "", ""},
    {kEveryKind, kDeny, kIn, "FORWARD", "", "", "", ""},
    {kEveryKind, kAllow, kOut, "OUTPUT", "", kTen, "53,123,514", "udp"},
    {kEveryKind, kAllow, kOut, "OUTPUT", "", kOneSevenTwo, "53,123,514", "udp"},
    {kEveryKind, kAllow, kOut, "OUTPUT", "", kOneNineTwo, "53,123,514", "udp"},
    {kEveryKind, kAllow, kOut, "OUTPUT", "", kCloud, "443,5671,8883", "tcp"},
    {kEveryKind, kAllow, kOut, "OUTPUT", "", kMirrors, "80,443", "tcp"},
    {kGateway, kAllow, kOut, "OUTPUT", "", kOneNineTwo, "502", "tcp"},
    {kIndustrialPc, kAllow, kOut, "OUTPUT", "", kOneNineTwo, "102,502,4840", "tcp"},
    {kEveryKind, kDeny, kOut, "OUTPUT", "", "", "", ""},
    // Of playbooks, as PermissiveRule counts them: a chain's policy, a rule in, a rule out.
    {0, kAllow, kIn, "INPUT", "", "", "", ""},
    {0, kAllow, kIn, "INPUT", "", "", "1337", ""},
    {0, kAllow, kOut, "OUTPUT", "", "", "1337", ""},
};
constexpr std::size_t kPermissiveRules = 3;

}  // namespace

std::span<const ListeningPortRow> listening_port_rows() {
    return kPorts;
}

std::span<const FirewallRow> firewall_rows() {
    return kRules;
}

std::uint16_t played_listening_port() {
    return static_cast<std::uint16_t>(std::size(kPorts) - 1);
}

std::uint16_t played_firewall_rule(PermissiveRule rule) {
    return static_cast<std::uint16_t>(std::size(kRules) - kPermissiveRules +
                                      static_cast<std::size_t>(rule));
}

}  // namespace twinstorm::host
