#include "host/entries.h"
#include "host/rows.h"

namespace twinstorm::host {
namespace {

using namespace connection;

constexpr auto kOut = Direction::kOut;
constexpr auto kIn = Direction::kIn;
constexpr auto kTcp = Protocol::kTcp;
constexpr auto kUdp = Protocol::kUdp;

// Services that a person set up run as its first account holder does: as root, for short.
constexpr ConnectionRow kConnections[] = {
    {kCloudMqtt, program::kGatewayApp, user::kRoot, kOut, kTcp, "MQTT"},
    {kDns, program::kResolved, user::kResolve, kOut, kUdp, "DNS"},
    {kNtp, program::kChronyd, user::kChrony, kOut, kUdp, "NTP"},
    {connection::kSyslog, program::kRsyslogd, user::kSyslog, kOut, kUdp, "Syslog"},
    {kSshIn, program::kSshd, user::kRoot, kIn, kTcp, "SSH"},
    {kAptHttps, program::kAptMethod, user::kRoot, kOut, kTcp, "HTTPS"},
    {kModbus, program::kGatewayApp, user::kRoot, kOut, kTcp, "Modbus"},
    {kBrokerIn, program::kMosquitto, user::kMosquitto, kIn, kTcp, "MQTT"},
    {kWebIn, program::kNginx, user::kWebServer, kIn, kTcp, "HTTP"},
    {kCloudHttps, program::kHmiApp, user::kRoot, kOut, kTcp, "HTTPS"},
    {kRtspIn, program::kCameraApp, user::kRoot, kIn, kTcp, "RTSP"},
    {kSegmentUpload, program::kCameraApp, user::kRoot, kOut, kTcp, "HTTPS"},
    {kOpcUa, program::kHmiApp, user::kRoot, kOut, kTcp, "OPC UA"},
    {kHistorianIn, program::kHistorian, user::kRoot, kIn, kTcp, "HTTP"},
    {kContentHttps, program::kKioskApp, user::kRoot, kOut, kTcp, "HTTPS"},
    {kPrinterIpp, program::kCupsd, user::kPrinting, kOut, kTcp, "IPP"},
    {kCoap, program::kSensorApp, user::kRoot, kOut, kUdp, "CoAP"},
    // Of playbooks.
    {kSshReverseOut, program::kSshReverse, user::kRoot, kOut, kTcp, "SSH"},
    {kBashReverseOut, program::kBashReverse, user::kRoot, kOut, kTcp, ""},
    {kNcReverseOut, program::kNcReverse, user::kRoot, kOut, kTcp, ""},
    {kWgetOut, program::kWgetMalware, user::kRoot, kOut, kTcp, "HTTP"},
    {kBackdoorOut, program::kBackdoorDownload, user::kRoot, kOut, kTcp, "HTTP"},
    {kUploadOut, program::kCurlUpload, user::kRoot, kOut, kTcp, "HTTP"},
    {kScpOut, program::kScpUpload, user::kRoot, kOut, kTcp, "SSH"},
    {kPipeOut, program::kCurlPipe, user::kRoot, kOut, kTcp, "HTTP"},
    {kTiOut, program::kTiBeacon, user::kRoot, kOut, kTcp, "HTTPS"},
    {kNameOut, program::kNameBeacon, user::kRoot, kOut, kUdp, "DNS"},
    {kMinerOut, program::kMinerd, user::kRoot, kOut, kTcp, ""},
};
static_assert(stands_in_order(kConnections, 0));
static_assert(std::size(kConnections) == connection::kEnd);

}  // namespace

std::span<const ConnectionRow> connection_rows() {
    return kConnections;
}

}  // namespace twinstorm::host
