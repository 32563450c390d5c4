// The stories that happen on every kind of device: jobs, sessions, updates, things plugged in.
#pragma once

#include <array>

#include "host/entries.h"
#include "host/step.h"

namespace twinstorm::host::scripts {

// ---- Jobs -------------------------------------------------------------------------------------

inline constexpr std::array kWatch{
    run(program::kWatchDisk, own(1), service(program::kSystemd)).after(0, 900),
    run(program::kDfRoot, own(2), own(1)).after(950, 40),
    run(program::kMemAvailable, own(3), own(1)).after(1'000, 40).skipped_of_256(240),
    end(program::kWatchDisk, own(1), service(program::kSystemd)).after(1'060, 90),
};

inline constexpr std::array kHourlyCron{
    run(program::kCronChild, own(1), service(program::kCron), user::kRoot, ProcessChange::kFork)
        .after(0, 800),
    run(program::kRunPartsHourly, own(2), own(1)).after(810, 20),
    end(program::kRunPartsHourly, own(2), own(1)).after(850, 600),
};

inline constexpr std::array kDailyCron{
    run(program::kCronChild, own(1), service(program::kCron), user::kRoot, ProcessChange::kFork)
        .after(0, 800),
    run(program::kRunPartsDaily, own(2), own(1)).after(810, 20),
    run(program::kLogrotate, own(3), own(2)).after(900, 100),
    run(program::kGzipLog, own(4), own(3)).after(1'100, 400),
    end(program::kRunPartsDaily, own(2), own(1)).after(2'000, 5'000),
};

inline constexpr std::array kTracking{
    run(program::kChronycTracking, own(1), service(program::kSystemd)).after(0, 500),
};
inline constexpr std::array kTidying{
    run(program::kTmpfiles, own(1), service(program::kSystemd)).after(0, 500),
    run(program::kFstrim, own(2), service(program::kSystemd)).after(900, 500).skipped_of_256(219),
};
inline constexpr std::array kCertificate{
    run(program::kCertificateEnd, own(1), service(program::kCron)).after(0, 500),
    run(program::kResolveStatistics, own(2), service(program::kCron)).after(700, 500),
};

// ---- The network that every device has ---------------------------------------------------------

inline constexpr Step kAskName = connect(connection::kDns, 53, service(program::kResolved))
                                     .with(Peer::kRouter)
                                     .of_size(2, 90, 40);

inline constexpr std::array kResolve{kAskName.about(domain::kCloud).after(0, 999)};
inline constexpr std::array kTimeSync{connect(connection::kNtp, 123, service(program::kChronyd))
                                          .with(Peer::kRouter)
                                          .through(ClientPort::kService)
                                          .of_size(2, 90, 50)
                                          .after(0, 999)};
inline constexpr std::array kShipLogs{connect(connection::kSyslog, 514, service(program::kRsyslogd))
                                          .with(Peer::kRouter)
                                          .through(ClientPort::kService)
                                          .of_size(12, 210, 100)
                                          .after(0, 999)};

// ---- People ------------------------------------------------------------------------------------

inline constexpr Step kSshFlow =
    serve(connection::kSshIn, 22, service(program::kSshd)).of_size(60, 190, 60);

inline constexpr Step kCommand = run(program::kSessionFirst, own(4), own(3), kPerson)
                                     .one_of(program::kSessionEnd - program::kSessionFirst);

// A mistyped password now and then; the shell; some commands.
inline constexpr std::array kSshSession{
    kSshFlow.with(Peer::kSomeNeighbour).after(0, 100),
    run(program::kSshdChild, own(1), service(program::kSshd)).after(110, 50),
    log_in(LoginOperation::kLoginFailed, kPerson, own(1))
        .with(Peer::kSomeNeighbour)
        .at_terminal(terminal::kSshNoTty)
        .after(2'000, 2'000)
        .skipped_of_256(220),
    log_in(LoginOperation::kLogin, kPerson, own(1)).with(Peer::kSomeNeighbour).after(5'000, 4'000),
    run(program::kBash, own(3), own(1), kPerson).after(9'100, 100),
    kCommand.after(15'000, 15'000),
    kCommand.by(own(5)).after(31'000, 29'000).skipped_of_256(60),
    kCommand.by(own(6)).after(61'000, 60'000).skipped_of_256(128),
    kCommand.by(own(7)).after(130'000, 60'000).skipped_of_256(170),
    end(program::kBash, own(3), own(1), kPerson).after(200'000, 65'000),
    log_in(LoginOperation::kLogout, kPerson, own(1)).with(Peer::kSomeNeighbour).after(265'100, 50),
    kSshFlow.with(Peer::kSomeNeighbour).after(265'200, 100),
};

// At a keyboard of the device itself.
inline constexpr Step kLocalLogin = log_in(LoginOperation::kLogin, kPerson, own(1))
                                        .through(ClientPort::kNone)
                                        .at_terminal(terminal::kTty1);
inline constexpr std::array kTtySession{
    run(program::kGetty, own(1), service(program::kSystemd)).after(0, 500),
    kLocalLogin.after(4'000, 3'000),
    run(program::kBash, own(3), own(1), kPerson).after(7'100, 100),
    kCommand.after(12'000, 20'000),
    kCommand.by(own(5)).after(33'000, 60'000).skipped_of_256(128),
    end(program::kBash, own(3), own(1), kPerson).after(100'000, 65'000),
    log_in(LoginOperation::kLogout, kPerson, own(1))
        .through(ClientPort::kNone)
        .at_terminal(terminal::kTty1)
        .after(165'100, 50),
};

// Somebody outside tries a name, once or a few times, and goes away.
inline constexpr Step kStrangersTry = log_in(LoginOperation::kLoginFailed, kSomeStranger, own(1))
                                          .with(Peer::kStranger)
                                          .at_terminal(terminal::kSshNoTty);
inline constexpr std::array kKnock{
    kSshFlow.with(Peer::kStranger).of_size(8, 120, 50).after(0, 100),
    kStrangersTry.after(1'500, 1'000),
    kStrangersTry.after(4'000, 2'000).skipped_of_256(190),
};

// ---- Software ----------------------------------------------------------------------------------

inline constexpr Step kFetch = connect(connection::kAptHttps, 443, own(3)).with(Peer::kSomeMirror);

inline constexpr std::array kLookForUpdates{
    run(program::kAptDaily, own(1), service(program::kSystemd)).after(0, 900),
    run(program::kAptUpdate, own(2), own(1)).after(1'000, 200),
    run(program::kDpkgArchitectures, own(4), own(2)).after(1'300, 100),
    run(program::kAptMethod, own(3), own(2)).after(1'500, 100),
    kAskName.about(domain::kMirrors).after(1'700, 100),
    kFetch.about(domain::kMirrors).of_size(400, 1'100, 4).after(2'000, 3'000),
    end(program::kAptDaily, own(1), service(program::kSystemd)).after(9'000, 4'000),
};

inline constexpr Step kUpdatedFile = change_file(FileChange::kModified, path::kUpdatedFirst)
                                         .one_of(path::kUpdatedEnd - path::kUpdatedFirst);

inline constexpr std::array kInstallUpdates{
    run(program::kAptDaily, own(1), service(program::kSystemd)).after(0, 900),
    run(program::kAptUpdate, own(2), own(1)).after(1'000, 200),
    run(program::kAptMethod, own(3), own(2)).after(1'300, 100),
    kAskName.about(domain::kSecurityMirror).after(1'500, 100),
    kFetch.about(domain::kSecurityMirror).of_size(4'000, 1'300, 3).after(2'000, 9'000),
    run(program::kDpkgUnpack, own(5), own(2)).after(20'000, 3'000),
    kUpdatedFile.after(25'000, 9'000),
    kUpdatedFile.after(35'000, 9'000),
    run(program::kDpkgConfigure, own(6), own(2)).after(45'000, 3'000),
    change_file(FileChange::kModified, path::kLdCache).after(49'000, 2'000),
    run(program::kNeedrestart, own(7), own(2)).after(55'000, 2'000),
    end(program::kAptDaily, own(1), service(program::kSystemd)).after(60'000, 4'000),
};

// ---- Things ------------------------------------------------------------------------------------

inline constexpr std::array kUsbStick{
    plug(PeripheralChange::kConnect, peripheral::kUsbStick).after(0, 900),
    plug(PeripheralChange::kDisconnect, peripheral::kUsbStick).after(180'000, 60'000),
};
inline constexpr std::array kUsbOther{
    plug(PeripheralChange::kConnect, peripheral::kUsbKeyboard).one_of(2).after(0, 900),
};

inline constexpr std::array kKeepFile{
    change_file(FileChange::kModified, path::kEverydayFirst)
        .one_of(path::kEverydayEnd - path::kEverydayFirst)
        .after(0, 999),
};

// ---- The agent's own log -----------------------------------------------------------------------

inline constexpr std::array kChatter{
    write_log(LogLevel::kInformation, log_line::kInformationFirst)
        .one_of(log_line::kInformationEnd - log_line::kInformationFirst)
        .by(service(program::kAgentService))
        .after(0, 999),
};
inline constexpr std::array kWarnings{
    write_log(LogLevel::kWarning, log_line::kWarningFirst)
        .one_of(log_line::kWarningEnd - log_line::kWarningFirst)
        .by(service(program::kAgentService))
        .after(0, 999),
};
inline constexpr std::array kErrors{
    write_log(LogLevel::kError, log_line::kErrorFirst)
        .one_of(log_line::kErrorEnd - log_line::kErrorFirst)
        .by(service(program::kAgentService))
        .after(0, 999),
    write_log(LogLevel::kDebug, log_line::kDebugFirst)
        .one_of(log_line::kEnd - log_line::kDebugFirst)
        .by(service(program::kAgentService))
        .after(1'000, 999),
};

}  // namespace twinstorm::host::scripts
