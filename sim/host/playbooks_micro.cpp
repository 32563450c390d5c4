// The micro agent's alerts, 01/2023. Alert types keep the misspellings of the service. A process
// that no session explains comes from a crontab; a web shell from the web server.
//
// Left out: what only a connection can do (`IoT_Expired_SAS_Token`, `IoT_Invalid_SAS_Token`,
// `IoT_Cert_Expired`, `IoT_Cert_Print_Mismatch`, `IoT_SharedCredentials`) and the custom alerts on
// counters, whose thresholds are the customer's.

#include <array>

#include "host/entries.h"
#include "host/playbook_rows.h"

namespace twinstorm::host {
namespace {

constexpr std::uint32_t kReverseHost = 0xcb007107;  // 203.0.113.7
constexpr std::uint32_t kForwardHost = 0xcb007109;  // 203.0.113.9
constexpr std::uint32_t kMalwareHost = 0xc633644d;  // 198.51.100.77
constexpr std::uint32_t kListedHost = 0xc6336442;   // 198.51.100.66, on a threat list.
constexpr std::uint32_t kMinerHost = 0xc0000242;    // 192.0.2.66

constexpr Step bad(std::uint16_t program, std::uint32_t after_ms = 0, unsigned number = 1) {
    return run(program, own(number), service(program::kCron)).after(after_ms);
}
constexpr Step call(std::uint16_t connection, std::uint16_t port, std::uint32_t address,
                    std::uint32_t after_ms, unsigned number = 1) {
    return connect(connection, port, own(number)).with_address(address).after(after_ms);
}
constexpr Step ask(std::uint16_t name, std::uint32_t after_ms) {
    return connect(connection::kDns, 53, service(program::kResolved))
        .with(Peer::kRouter)
        .about(name)
        .of_size(2, 90, 40)
        .after(after_ms);
}
constexpr Step at_console(LoginOperation operation, std::uint16_t user, std::uint32_t after_ms) {
    return log_in(operation, user, own(1))
        .through(ClientPort::kNone)
        .at_terminal(terminal::kTty1)
        .after(after_ms);
}

constexpr std::array kBinary{bad(program::kEchoBinary)};
constexpr std::array kFirewallOff{bad(program::kIptablesFlush), bad(program::kUfwDisable, 900, 2),
                                  bad(program::kStopFirewalld, 1'800, 3)};
constexpr std::array kForwarding{
    bad(program::kSshReverse),
    call(connection::kSshReverseOut, 22, kForwardHost, 300).of_size(200, 160, 50)};
constexpr std::array kAuditOff{bad(program::kStopAuditd), bad(program::kAuditctlOff, 1'200, 2)};
constexpr std::array kReverseShell{
    bad(program::kBashReverse),
    call(connection::kBashReverseOut, 4444, kReverseHost, 200).of_size(90, 120, 70),
    bad(program::kNcReverse, 5'000, 2),
    call(connection::kNcReverseOut, 4445, kReverseHost, 5'200, 2).of_size(90, 120, 70)};
constexpr std::array kLocalLogin{run(program::kGetty, own(1), service(program::kSystemd)),
                                 at_console(LoginOperation::kLogin, user::kTechnician, 4'000),
                                 run(program::kSuLogin, own(2), own(1)).after(9'000)};
constexpr std::array kWebShell{
    run(program::kWebShell, own(1), service(program::kNginx), user::kWebServer),
    run(program::kWebShellWhoami, own(2), own(1), user::kWebServer).after(400)};
constexpr std::array kRansomware{bad(program::kRansomware), bad(program::kRansomNote, 9'000, 2)};
constexpr std::array kMiner{bad(program::kEchoMiner), bad(program::kMinerd, 2'000, 2),
                            ask(domain::kMinerPool, 2'100),
                            call(connection::kMinerOut, 3333, kMinerHost, 2'300, 2)
                                .about(domain::kMinerPool)
                                .of_size(60, 300, 40)};
constexpr std::array kUsbIn{plug(PeripheralChange::kConnect, peripheral::kStrangeStick)};
constexpr std::array kUsbOut{plug(PeripheralChange::kDisconnect, peripheral::kStrangeStick)};
constexpr std::array kEthernetIn{plug(PeripheralChange::kConnect, peripheral::kEthernet)};
constexpr std::array kEthernetOut{plug(PeripheralChange::kDisconnect, peripheral::kEthernet)};
constexpr std::array kCreated{change_file(FileChange::kCreated, path::kDroppedTool),
                              change_file(FileChange::kCreated, path::kDroppedCron).after(2'000)};
constexpr std::array kModified{change_file(FileChange::kModified, path::kPasswd),
                               change_file(FileChange::kModified, path::kSudoers).after(2'000)};
constexpr std::array kDeleted{change_file(FileChange::kDeleted, path::kHostsDeny),
                              change_file(FileChange::kDeleted, path::kAuditRules).after(2'000)};
constexpr std::array kBots{bad(program::kBotDropper), bad(program::kBotBusybox, 1'500, 2)};
constexpr std::array kFairware{bad(program::kRmWebRoot)};
constexpr std::array kMinerContainer{bad(program::kDockerMiner)};
constexpr std::array kNohup{bad(program::kNohupTemp)};
constexpr std::array kAddUser{bad(program::kUseradd)};
constexpr std::array kDocker{bad(program::kDockerdExposed)};
constexpr std::array kMalware{bad(program::kWgetMalware), ask(domain::kMalicious, 100),
                              call(connection::kWgetOut, 80, kMalwareHost, 300)
                                  .about(domain::kMalicious)
                                  .of_size(80, 1'200, 4)};
constexpr std::array kHtaccess{bad(program::kCatHtaccess)};
constexpr std::array kTools{bad(program::kNmap), bad(program::kHydra, 30'000, 2)};
constexpr std::array kReconnaissance{bad(program::kUname), bad(program::kCatCpuinfo, 150, 2),
                                     bad(program::kWhoami, 300, 3),
                                     bad(program::kCatPasswd, 450, 4)};
constexpr std::array kInterpreter{bad(program::kPythonScript)};
constexpr std::array kBackdoor{
    bad(program::kBackdoorDownload),
    call(connection::kBackdoorOut, 80, kMalwareHost, 200).of_size(300, 1'300, 3),
    bad(program::kBackdoorMode, 4'000, 2), bad(program::kBackdoorRun, 4'500, 3)};
constexpr std::array kEgress{
    bad(program::kCurlUpload), ask(domain::kDropSite, 100),
    call(connection::kUploadOut, 80, kMalwareHost, 300)
        .about(domain::kDropSite)
        .of_size(60'000, 1'400, 99),
    bad(program::kScpUpload, 60'000, 2),
    call(connection::kScpOut, 22, kForwardHost, 60'300, 2).of_size(400, 1'200, 98)};
constexpr std::array kPrivileged{bad(program::kDockerPrivileged)};
constexpr std::array kLogsRemoved{bad(program::kRmAuthLog)};
constexpr std::array kTrailing{bad(program::kTrailingSpace)};
constexpr std::array kCredentials{bad(program::kCredentialDump)};
constexpr std::array kCompilation{bad(program::kGccTemp)};
constexpr std::array kDownloadRun{
    bad(program::kCurlPipe), ask(domain::kMalicious, 100),
    call(connection::kPipeOut, 80, kMalwareHost, 300).about(domain::kMalicious).of_size(9, 900, 8)};
constexpr std::array kListedAddress{
    bad(program::kTiBeacon), call(connection::kTiOut, 443, kListedHost, 500).of_size(12, 240, 60)};
constexpr std::array kListedName{bad(program::kNameBeacon),
                                 connect(connection::kNameOut, 53, own(1))
                                     .with(Peer::kRouter)
                                     .about(domain::kMaliciousSecond)
                                     .of_size(2, 90, 40)
                                     .after(500)};
constexpr std::array kHistory{bad(program::kHistoryClear), bad(program::kRmHistory, 1'000, 2)};
constexpr std::array kLocalFailure{
    run(program::kGetty, own(1), service(program::kSystemd)),
    at_console(LoginOperation::kLoginFailed, user::kTechnician, 4'000)};

constexpr auto kShown = Evidence::kShown;
constexpr auto kDescribed = Evidence::kDescribed;
constexpr auto kInferred = Evidence::kInferred;

constexpr PlaybookRow kRows[] = {
    {"binary-command-line", "IoT_BinaryCommandLine", "Binary Command Line", "High", kDescribed,
     kBinary},
    {"disable-firewall", "IoT_DisableFirewall", "Disable firewall", "High", kDescribed,
     kFirewallOff},
    {"port-forwarding", "IoT_PortForwarding", "Port forwarding detection", "High", kDescribed,
     kForwarding},
    {"disable-auditd-logging", "IoT_DisableAuditdLogging",
     "Possible attempt to disable Auditd logging", "High", kDescribed, kAuditOff},
    {"reverse-shell", "IoT_ReverseShell", "Reverse shells", "High", kDescribed, kReverseShell},
    {"sucessful-local-login", "IoT_SucessfulLocalLogin", "Successful local login", "High", kShown,
     kLocalLogin},
    {"web-shell", "IoT_WebShell", "Web shell", "High", kDescribed, kWebShell},
    {"ransomware", "IoT_Ransomware", "Behavior similar to ransomware", "High", kDescribed,
     kRansomware},
    {"crypto-miner", "IoT_CryptoMiner", "Crypto coin miner image", "High", kShown, kMiner},
    {"usb-connection", "IoT_USBConnection", "New USB Connection", "High", kDescribed, kUsbIn},
    {"usb-disconnection", "IoT_UsbDisconnection", "USB Disconnection", "High", kDescribed, kUsbOut},
    {"ethernet-connection", "IoT_EthernetConnection", "New Ethernet Connection", "High", kDescribed,
     kEthernetIn},
    {"ethernet-disconnection", "IoT_EthernetDisconnection", "Ethernet Disconnection", "High",
     kDescribed, kEthernetOut},
    {"file-created", "IoT_FileCreated", "New File Created", "High", kDescribed, kCreated},
    {"file-modified", "IoT_FileModified", "File Modified", "High", kDescribed, kModified},
    {"file-deleted", "IoT_FileDeleted", "File Deleted", "High", kDescribed, kDeleted},
    {"common-bots", "IoT_CommonBots", "Behavior similar to common Linux bots", "Medium", kDescribed,
     kBots},
    {"fairware-malware", "IoT_FairwareMalware", "Fairware ransomware", "Medium", kDescribed,
     kFairware},
    {"crypto-miner-container", "IoT_CryptoMinerContainer", "Crypto coin miner container", "Medium",
     kDescribed, kMinerContainer},
    {"suspicious-nohup", "IoT_SuspiciousNohup", "Suspicious nohup", "Medium", kDescribed, kNohup},
    {"suspicious-useradd", "IoT_SuspiciousUseradd", "Suspicious useradd", "Medium", kDescribed,
     kAddUser, Trace::kUserAdded},
    {"exposed-docker", "IoT_ExposedDocker", "Exposed Docker daemon", "Medium", kDescribed, kDocker},
    {"failed-local-login", "IoT_FailedLocalLogin", "Failed local login", "Medium", kShown,
     kLocalFailure},
    {"possible-malware", "IoT_PossibleMalware", "File download from a malicious source", "Medium",
     kDescribed, kMalware},
    {"accessing-htaccess-file", "IoT_AccessingHtaccessFile", "htaccess file access", "Medium",
     kDescribed, kHtaccess},
    {"known-attack-tools", "IoT_KnownAttackTools", "Known attack tool", "Medium", kInferred,
     kTools},
    {"linux-reconnaissance", "IoT_LinuxReconnaissance", "Local host reconnaissance", "Medium",
     kDescribed, kReconnaissance},
    {"script-interpreter-mismatch", "IoT_ScriptInterpreterMismatch",
     "Script interpreter / extension mismatch", "Medium", kDescribed, kInterpreter},
    {"linux-backdoor", "IoT_LinuxBackdoor", "Possible backdoor", "Medium", kDescribed, kBackdoor},
    {"egress-data", "IoT_EgressData", "Possible loss of data", "Medium", kDescribed, kEgress},
    {"privileged-container", "IoT_PrivilegedContainer", "Privileged container", "Medium",
     kDescribed, kPrivileged},
    {"removel-of-system-logs", "IoT_RemovelOfSystemLogs", "Removal of system logs", "Medium",
     kDescribed, kLogsRemoved},
    {"execute-file-with-trailing-space", "IoT_ExecuteFileWithTrailingSpace", "Space after filename",
     "Medium", kDescribed, kTrailing},
    {"credential-access-tools", "IoT_CredentialAccessTools", "Credential access tools", "Medium",
     kDescribed, kCredentials},
    {"suspicious-compilation", "IoT_SuspiciousCompilation", "Suspicious compilation", "Medium",
     kDescribed, kCompilation},
    {"download-file-then-run", "IoT_DownloadFileThenRun", "Download then run in one command",
     "Medium", kDescribed, kDownloadRun},
    {"ti-connection", "IoT_TiConnection", "Suspicious IP address communication", "Medium",
     kDescribed, kListedAddress},
    {"malicious-name-queries-detection", "IoT_MaliciousNameQueriesDetection",
     "Malicious Domain Name Request", "Medium", kDescribed, kListedName},
    {"clear-history-file", "IoT_ClearHistoryFile", "Bash history cleared", "Low", kDescribed,
     kHistory},
};

}  // namespace

std::span<const PlaybookRow> micro_playbooks() {
    return kRows;
}

}  // namespace twinstorm::host
