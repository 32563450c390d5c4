// Names for the catalogue's rows, so that habits and playbooks can speak of them.
//
// Rules:  the tables hold their rows in exactly this order (asserted where they stand). Rows from
//         kPlayedFirst on belong to playbooks only.
#pragma once

#include <cstdint>

namespace twinstorm::host {

namespace program {
enum Entry : std::uint16_t {
    // Long-running ones; their process ids stay the same on a device.
    kSystemd,
    kCron,
    kSshd,
    kGetty,
    kResolved,
    kChronyd,
    kRsyslogd,
    kNginx,
    kMosquitto,
    kAgentService,
    kGatewayApp,
    kCameraApp,
    kHmiApp,
    kHistorian,
    kKioskApp,
    kCupsd,
    kSensorApp,
    kAptDaily,
    kDaemonsEnd,
    // Those of every device.
    kCronChild = kDaemonsEnd,
    kRunPartsHourly,
    kRunPartsDaily,
    kLogrotate,
    kTmpfiles,
    kFstrim,
    kAptUpdate,
    kAptMethod,
    kDpkgArchitectures,
    kDpkgUnpack,
    kDpkgConfigure,
    kNeedrestart,
    kWatchDisk,
    kDfRoot,
    kMemAvailable,
    kCertificateEnd,
    kChronycTracking,
    kResolveStatistics,
    kGzipLog,
    // Sessions.
    kSshdChild,
    kBash,
    kVimConfiguration,
    kSessionFirst,
    kUptime = kSessionFirst,
    kLsOpt,
    kJournal,
    kTop,
    kTailLog,
    kPs,
    kLsusb,
    kDfHuman,
    kFree,
    kSystemctlStatus,
    kDmesg,
    kIpAddress,
    kSessionEnd,
    // Of one kind of device each.
    kReadModbus = kSessionEnd,
    kThermalZone,
    kMosquittoPub,
    kMosquittoActive,
    kQueueCount,
    kProbeSegment,
    kListRecordings,
    kCameraControls,
    kMotionHook,
    kReadPlc,
    kShiftReport,
    kExportHistory,
    kXprintidle,
    kBrowserTab,
    kPrinterState,
    kXrandr,
    kI2cGet,
    kSensorRead,
    kDate,
    // Of playbooks.
    kPlayedFirst,
    kEchoBinary = kPlayedFirst,
    kIptablesFlush,
    kUfwDisable,
    kStopFirewalld,
    kSshReverse,
    kStopAuditd,
    kAuditctlOff,
    kBashReverse,
    kNcReverse,
    kSuLogin,
    kWebShell,
    kWebShellWhoami,
    kRansomware,
    kRansomNote,
    kEchoMiner,
    kMinerd,
    kBotDropper,
    kBotBusybox,
    kRmWebRoot,
    kDockerMiner,
    kNohupTemp,
    kUseradd,
    kDockerdExposed,
    kWgetMalware,
    kCatHtaccess,
    kNmap,
    kHydra,
    kUname,
    kCatCpuinfo,
    kCatPasswd,
    kWhoami,
    kPythonScript,
    kBackdoorDownload,
    kBackdoorMode,
    kBackdoorRun,
    kCurlUpload,
    kScpUpload,
    kDockerPrivileged,
    kRmAuthLog,
    kTrailingSpace,
    kCredentialDump,
    kGccTemp,
    kCurlPipe,
    kTiBeacon,
    kNameBeacon,
    kHistoryClear,
    kRmHistory,
    kOverwriteLs,
    kUsermodAdd,
    kGpasswdDelete,
    kUserdel,
    kNcListen,
    kIptablesPermissive,
    kEnd,
};
}  // namespace program

namespace user {
enum Entry : std::uint16_t {
    kRoot,
    kWebServer,
    kMosquitto,
    kChrony,
    kResolve,
    kSyslog,
    kSshd,
    kMessagebus,
    kPrinting,
    kTechnician,  // An account on every device.
    kPersonFirst,
    kPersonEnd = kPersonFirst + 5,
    kStrangerFirst = kPersonEnd,  // Names without an account.
    kStrangerEnd = kStrangerFirst + 6,
    kPlayedFirst = kStrangerEnd,
    kTechnicianPromoted = kPlayedFirst,  // The same account, in one group more.
    kTechnicianDemoted,                  // In one group less.
    kIntruder,
    kEnd,
};
}  // namespace user

namespace connection {
enum Entry : std::uint16_t {
    kCloudMqtt,
    kDns,
    kNtp,
    kSyslog,
    kSshIn,
    kAptHttps,
    kModbus,
    kBrokerIn,
    kWebIn,
    kCloudHttps,
    kRtspIn,
    kSegmentUpload,
    kOpcUa,
    kHistorianIn,
    kContentHttps,
    kPrinterIpp,
    kCoap,
    kPlayedFirst,
    kSshReverseOut = kPlayedFirst,
    kBashReverseOut,
    kNcReverseOut,
    kWgetOut,
    kBackdoorOut,
    kUploadOut,
    kScpOut,
    kPipeOut,
    kTiOut,
    kNameOut,
    kMinerOut,
    kEnd,
};
}  // namespace connection

namespace domain {
enum Entry : std::uint16_t {
    kNone,
    kCloud,
    kMirrors,
    kSecurityMirror,
    kTimePool,
    kContent,
    kVideo,
    kEverydayEnd,
    kMaliciousFirst = kEverydayEnd,
    kMalicious = kMaliciousFirst,
    kMaliciousSecond,
    kMinerPool,
    kDropSite,
    kEnd,
};
}  // namespace domain

namespace terminal {
enum Entry : std::uint16_t { kPts0, kPts1, kPts2, kPts3, kTty1, kTty2, kSshNoTty, kEnd };
}  // namespace terminal

namespace path {
enum Entry : std::uint16_t {
    kConfigFirst,  // What people edit.
    kConfigGateway = kConfigFirst,
    kConfigCamera,
    kConfigHmi,
    kConfigKiosk,
    kConfigSensor,
    kConfigEnd,
    kUpdatedFirst = kConfigEnd,  // What package updates touch.
    kLdCache = kUpdatedFirst,
    kAlternatives,
    kUsrLocalTool,
    kServiceUnit,
    kUpdatedEnd,
    kEverydayFirst = kUpdatedEnd,  // What services keep.
    kResolvConf = kEverydayFirst,
    kFakeHwclock,
    kAdjtime,
    kMtab,
    kEverydayEnd,
    kPlayedFirst = kEverydayEnd,
    kDroppedTool = kPlayedFirst,
    kDroppedCron,
    kPasswd,
    kSudoers,
    kHostsDeny,
    kAuditRules,
    kEnd,
};
}  // namespace path

namespace peripheral {
enum Entry : std::uint16_t {
    kUsbStick,
    kUsbKeyboard,
    kUsbSerial,
    kEverydayEnd,
    kPlayedFirst = kEverydayEnd,
    kStrangeStick = kPlayedFirst,
    kEthernet,
    kEnd,
};
}  // namespace peripheral

namespace log_line {
enum Entry : std::uint16_t {
    kInformationFirst,
    kInformationEnd = kInformationFirst + 8,
    kWarningFirst = kInformationEnd,
    kWarningEnd = kWarningFirst + 4,
    kErrorFirst = kWarningEnd,
    kErrorEnd = kErrorFirst + 2,
    kDebugFirst = kErrorEnd,
    kEnd = kDebugFirst + 2,
};
}  // namespace log_line

}  // namespace twinstorm::host
