#include "host/habits.h"

#include <array>

#include "host/entries.h"
#include "host/scripts.h"
#include "twinstorm/base/check.h"

namespace twinstorm::host {
namespace {

using namespace scripts;

constexpr Step tool(std::uint16_t program, std::uint16_t app) {
    return run(program, own(1), service(app)).after(0, 999);
}
constexpr std::array<Step, 3> edit(std::uint16_t path) {
    return {
        change_file(FileChange::kOpened, path).after(0, 900),
        change_file(FileChange::kModified, path).after(30'000, 60'000),
        change_file(FileChange::kClosed, path).after(90'100, 900),
    };
}
// The flow of a client that stays connected.
constexpr Step visit(std::uint16_t connection, std::uint16_t port, std::uint16_t app,
                     std::uint8_t neighbour) {
    return serve(connection, port, service(app))
        .with(Peer::kNeighbour, neighbour)
        .through(ClientPort::kDay)
        .after(0, 999);
}
constexpr Step poll(std::uint16_t connection, std::uint16_t port, std::uint16_t app,
                    std::uint8_t neighbour) {
    return connect(connection, port, service(app))
        .with(Peer::kNeighbour, neighbour)
        .through(ClientPort::kDay)
        .of_size(40, 70, 45)
        .after(0, 999);
}
constexpr Step call_cloud(std::uint16_t connection, std::uint16_t port, std::uint16_t app,
                          std::uint8_t host) {
    return connect(connection, port, service(app))
        .with(Peer::kCloud, host)
        .through(ClientPort::kCloud)
        .after(0, 999);
}

// Gateways.
constexpr std::array kReadModbus{tool(program::kReadModbus, program::kGatewayApp)};
constexpr std::array kThermal{tool(program::kThermalZone, program::kGatewayApp)};
constexpr std::array kGatewayChores{
    tool(program::kMosquittoPub, program::kGatewayApp),
    run(program::kMosquittoActive, own(2), service(program::kGatewayApp)).after(1'100, 500),
    run(program::kQueueCount, own(3), service(program::kGatewayApp)).after(1'700, 500),
};
constexpr std::array kGatewayCloud{
    call_cloud(connection::kCloudMqtt, 8883, program::kGatewayApp, 0).of_size(90, 180, 70)};
constexpr std::array kModbusFirst{poll(connection::kModbus, 502, program::kGatewayApp, 2)};
constexpr std::array kModbusSecond{poll(connection::kModbus, 502, program::kGatewayApp, 3)};
constexpr std::array kBroker{
    visit(connection::kBrokerIn, 1883, program::kMosquitto, 4).of_size(120, 110, 30)};
constexpr std::array kWebVisit{serve(connection::kWebIn, 80, service(program::kNginx))
                                   .with(Peer::kSomeNeighbour)
                                   .of_size(40, 900, 92)
                                   .after(0, 999)};
constexpr auto kEditGateway = edit(path::kConfigGateway);

// Cameras.
constexpr std::array kProbe{tool(program::kProbeSegment, program::kCameraApp)};
constexpr std::array kMotion{tool(program::kMotionHook, program::kCameraApp)};
constexpr std::array kCameraChores{
    tool(program::kListRecordings, program::kCameraApp),
    run(program::kCameraControls, own(2), service(program::kCameraApp)).after(1'100, 500),
};
constexpr std::array kRecorder{
    visit(connection::kRtspIn, 554, program::kCameraApp, 2).of_size(30'000, 1'300, 99)};
constexpr std::array kMonitor{
    visit(connection::kRtspIn, 554, program::kCameraApp, 3).of_size(20'000, 1'300, 99)};
constexpr std::array kUploadSegment{
    call_cloud(connection::kSegmentUpload, 443, program::kCameraApp, 2)
        .about(domain::kVideo)
        .of_size(3'000, 1'200, 98)};
constexpr auto kEditCamera = edit(path::kConfigCamera);

// Industrial PCs.
constexpr std::array kReadPlc{tool(program::kReadPlc, program::kHmiApp)};
constexpr std::array kExport{tool(program::kExportHistory, program::kHistorian)};
constexpr std::array kReport{
    run(program::kShiftReport, own(1), service(program::kHmiApp), kPerson).after(0, 999)};
constexpr std::array kPollFirst{poll(connection::kOpcUa, 4840, program::kHmiApp, 2)};
constexpr std::array kPollSecond{poll(connection::kOpcUa, 4840, program::kHmiApp, 3)};
constexpr std::array kHistory{
    visit(connection::kHistorianIn, 8443, program::kHistorian, 5).of_size(80, 800, 90)};
constexpr std::array kHmiCloud{
    call_cloud(connection::kCloudHttps, 443, program::kHmiApp, 0).of_size(60, 500, 80)};
constexpr auto kEditHmi = edit(path::kConfigHmi);

// Kiosks.
constexpr std::array kTab{tool(program::kBrowserTab, program::kKioskApp)};
constexpr std::array kIdle{tool(program::kXprintidle, program::kKioskApp)};
constexpr std::array kKioskChores{
    tool(program::kPrinterState, program::kKioskApp),
    run(program::kXrandr, own(2), service(program::kKioskApp))
        .after(1'100, 500)
        .skipped_of_256(128),
};
constexpr std::array kContent{call_cloud(connection::kContentHttps, 443, program::kKioskApp, 1)
                                  .about(domain::kContent)
                                  .of_size(300, 1'000, 6)};
constexpr std::array kPrint{poll(connection::kPrinterIpp, 631, program::kCupsd, 6)};
constexpr auto kEditKiosk = edit(path::kConfigKiosk);

// Sensors.
constexpr std::array kMeasure{
    run(program::kSensorRead, own(1), service(program::kSensorApp)).after(0, 999),
    run(program::kI2cGet, own(2), own(1)).after(1'000, 20),
    end(program::kSensorRead, own(1), service(program::kSensorApp)).after(1'030, 40),
};
constexpr std::array kStamp{tool(program::kDate, program::kSensorApp)};
constexpr std::array kSendValue{connect(connection::kCoap, 5683, service(program::kSensorApp))
                                    .with(Peer::kNeighbour, 2)
                                    .through(ClientPort::kService)
                                    .of_size(4, 80, 60)
                                    .after(0, 999)};
constexpr std::array kSendCopy{connect(connection::kCoap, 5683, service(program::kSensorApp))
                                   .with(Peer::kCloud, 3)
                                   .through(ClientPort::kCloud)
                                   .of_size(4, 80, 60)
                                   .after(0, 999)};
constexpr auto kEditSensor = edit(path::kConfigSensor);

constexpr double kDaily = 1.0 / 24;

std::vector<Habit> common() {
    return {
        {kWatch, 1.1, Rhythm::kSteady, true},
        {kHourlyCron, 0.75, Rhythm::kSteady, true},
        {kDailyCron, kDaily, Rhythm::kNight},
        {kTracking, kDaily},
        {kTidying, kDaily},
        {kCertificate, kDaily, Rhythm::kNight},
        {kResolve, 0.5, Rhythm::kProduction},
        {kTimeSync, 1, Rhythm::kSteady, true},
        {kShipLogs, 0.6},
        {kLookForUpdates, kDaily, Rhythm::kNight},
        {kInstallUpdates, kDaily / 3, Rhythm::kNight},
        {kKnock, 0.11},
        {kKeepFile, 0.8, Rhythm::kProduction},
        {kChatter, 0.4},
        {kWarnings, 0.07},
        {kErrors, 0.015},
    };
}

std::vector<Habit> of_gateway() {
    return {
        {kReadModbus, 2.4, Rhythm::kProduction, true},
        {kThermal, 2, Rhythm::kSteady, true},
        {kGatewayChores, 0.12, Rhythm::kProduction},
        {kGatewayCloud, 2, Rhythm::kProduction},
        {kModbusFirst, 1.2, Rhythm::kProduction, true},
        {kModbusSecond, 0.8, Rhythm::kProduction, true},
        {kBroker, 1.2, Rhythm::kProduction},
        {kWebVisit, 0.15, Rhythm::kOffice},
        {kSshSession, 0.09, Rhythm::kOffice},
        {kUsbStick, 0.012, Rhythm::kOffice},
        {kEditGateway, 0.05, Rhythm::kOffice},
    };
}

std::vector<Habit> of_camera() {
    return {
        {kProbe, 2.6, Rhythm::kSteady, true},
        {kMotion, 2, Rhythm::kShop},
        {kCameraChores, 0.15},
        {kRecorder, 2.4, Rhythm::kSteady, true},
        {kMonitor, 0.8, Rhythm::kShop},
        {kUploadSegment, 2.2, Rhythm::kProduction},
        {kWebVisit, 0.2, Rhythm::kOffice},
        {kSshSession, 0.05, Rhythm::kOffice},
        {kUsbStick, 0.004, Rhythm::kOffice},
        {kEditCamera, 0.03, Rhythm::kOffice},
    };
}

std::vector<Habit> of_industrial_pc() {
    return {
        {kReadPlc, 3, Rhythm::kProduction, true},
        {kExport, 1.2, Rhythm::kSteady, true},
        {kReport, 0.3, Rhythm::kOffice},
        {kPollFirst, 1.6, Rhythm::kProduction, true},
        {kPollSecond, 1.2, Rhythm::kProduction, true},
        {kHistory, 1.2, Rhythm::kOffice},
        {kHmiCloud, 1.8, Rhythm::kProduction},
        {kSshSession, 0.07, Rhythm::kOffice},
        {kTtySession, 0.06, Rhythm::kOffice},
        {kUsbStick, 0.05, Rhythm::kOffice},
        {kUsbOther, 0.02, Rhythm::kOffice},
        {kEditHmi, 0.07, Rhythm::kOffice},
    };
}

std::vector<Habit> of_kiosk() {
    return {
        {kTab, 2.4, Rhythm::kShop},         {kIdle, 2.4, Rhythm::kSteady, true},
        {kKioskChores, 0.3, Rhythm::kShop}, {kContent, 3.2, Rhythm::kShop},
        {kPrint, 1.2, Rhythm::kShop},       {kSshSession, 0.04, Rhythm::kOffice},
        {kTtySession, 0.03, Rhythm::kShop}, {kUsbStick, 0.02, Rhythm::kShop},
        {kUsbOther, 0.05, Rhythm::kShop},   {kEditKiosk, 0.02, Rhythm::kOffice},
    };
}

std::vector<Habit> of_sensor() {
    return {
        {kMeasure, 1.5, Rhythm::kSteady, true}, {kStamp, 0.6, Rhythm::kSteady, true},
        {kSendValue, 3, Rhythm::kSteady, true}, {kSendCopy, 2, Rhythm::kSteady, true},
        {kSshSession, 0.02, Rhythm::kOffice},   {kUsbStick, 0.002, Rhythm::kOffice},
        {kEditSensor, 0.01, Rhythm::kOffice},
    };
}

std::vector<Habit> special_habits(Kind kind) {
    switch (kind) {
        case Kind::kGateway:
            return of_gateway();
        case Kind::kCamera:
            return of_camera();
        case Kind::kIndustrialPc:
            return of_industrial_pc();
        case Kind::kKiosk:
            return of_kiosk();
        case Kind::kSensor:
            return of_sensor();
    }
    return {};
}

}  // namespace

std::vector<Habit> habits_of(Kind kind) {
    std::vector<Habit> habits = common();
    for (const Habit& habit : special_habits(kind)) {
        habits.push_back(habit);
    }
    TWINSTORM_CHECK(habits.size() <= kHabitsMax);
    return habits;
}

}  // namespace twinstorm::host
