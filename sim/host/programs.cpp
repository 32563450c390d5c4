#include <string_view>

#include "host/entries.h"
#include "host/rows.h"

namespace twinstorm::host {
namespace {

using namespace program;

constexpr ProgramRow kEveryday[] = {
    {kSystemd, "/usr/lib/systemd/systemd", "/sbin/init"},
    {kCron, "/usr/sbin/cron", "/usr/sbin/cron -f"},
    {kSshd, "/usr/sbin/sshd", "sshd: /usr/sbin/sshd -D [listener]"},
    {kGetty, "/usr/bin/login", "/bin/login -p --"},
    {kResolved, "/usr/lib/systemd/systemd-resolved", "/lib/systemd/systemd-resolved"},
    {kChronyd, "/usr/sbin/chronyd", "/usr/sbin/chronyd -F 1"},
    {kRsyslogd, "/usr/sbin/rsyslogd", "/usr/sbin/rsyslogd -n -iNONE"},
    {kNginx, "/usr/sbin/nginx", "nginx: worker process"},
    {kMosquitto, "/usr/sbin/mosquitto", "/usr/sbin/mosquitto -c /etc/mosquitto/mosquitto.conf"},
    {kAgentService, "/usr/bin/defender_iot_micro_agent", "/usr/bin/defender_iot_micro_agent"},
    {kGatewayApp, "/usr/bin/python3", "python3 /opt/gateway/gateway.py"},
    {kCameraApp, "/opt/camera/bin/streamer", "/opt/camera/bin/streamer --config camera.toml"},
    {kHmiApp, "/opt/hmi/bin/hmi", "/opt/hmi/bin/hmi --project \"Line 7\""},
    {kHistorian, "/opt/hmi/bin/historian", "/opt/hmi/bin/historian --data /var/lib/historian"},
    {kKioskApp, "/usr/lib/chromium/chromium",
     "/usr/lib/chromium/chromium --kiosk https://content.kiosk.example/start"},
    {kCupsd, "/usr/sbin/cupsd", "/usr/sbin/cupsd -l"},
    {kSensorApp, "/usr/bin/sensord", "/usr/bin/sensord --interval 60"},
    {kAptDaily, "/bin/sh", "/bin/sh /usr/lib/apt/apt.systemd.daily update"},

    {kCronChild, "/usr/sbin/cron", "/usr/sbin/CRON -f"},
    {kRunPartsHourly, "/bin/sh", "/bin/sh -c \"run-parts --report /etc/cron.hourly\""},
    {kRunPartsDaily, "/bin/sh", "/bin/sh -c \"run-parts --report /etc/cron.daily\""},
    {kLogrotate, "/usr/sbin/logrotate", "/usr/sbin/logrotate /etc/logrotate.conf"},
    {kTmpfiles, "/usr/lib/systemd/systemd-tmpfiles", "systemd-tmpfiles --clean"},
    {kFstrim, "/usr/sbin/fstrim", "/sbin/fstrim --listed-in /etc/fstab:/proc/self/mountinfo"},
    {kAptUpdate, "/usr/bin/apt-get", "apt-get -qq -y update"},
    {kAptMethod, "/usr/lib/apt/methods/https", "/usr/lib/apt/methods/https"},
    {kDpkgArchitectures, "/usr/bin/dpkg", "/usr/bin/dpkg --print-foreign-architectures"},
    {kDpkgUnpack, "/usr/bin/dpkg",
     "/usr/bin/dpkg --status-fd 19 --no-triggers --unpack --auto-deconfigure --recursive"},
    {kDpkgConfigure, "/usr/bin/dpkg", "/usr/bin/dpkg --status-fd 23 --configure --pending"},
    {kNeedrestart, "/usr/bin/perl", "/usr/bin/perl /usr/sbin/needrestart -m u"},
    {kWatchDisk, "/bin/sh", "/bin/sh /usr/local/bin/watch-disk"},
    {kDfRoot, "/usr/bin/df", "df --output=pcent /"},
    {kMemAvailable, "/usr/bin/awk", "awk '/MemAvailable/ {print $2}' /proc/meminfo"},
    {kCertificateEnd, "/usr/bin/openssl",
     "openssl x509 -noout -enddate -in /etc/ssl/private/device.pem"},
    {kChronycTracking, "/usr/bin/chronyc", "chronyc tracking"},
    {kResolveStatistics, "/usr/bin/resolvectl", "resolvectl statistics"},
    {kGzipLog, "/usr/bin/gzip", "gzip -9 /var/log/syslog.1"},

    {kSshdChild, "/usr/sbin/sshd", "/usr/sbin/sshd -D -R"},
    {kBash, "/usr/bin/bash", "-bash"},
    {kVimConfiguration, "/usr/bin/vim", "vim /etc/device/device.yaml"},
    {kUptime, "/usr/bin/uptime", "uptime -p"},
    {kLsOpt, "/usr/bin/ls", "ls -l /opt"},
    {kJournal, "/usr/bin/journalctl", "journalctl -b -p warning -n 50"},
    {kTop, "/usr/bin/top", "top -b -n 1"},
    {kTailLog, "/usr/bin/tail", "tail -n 100 /var/log/syslog"},
    {kPs, "/usr/bin/ps", "ps -eo pid,comm,rss --sort=-rss"},
    {kLsusb, "/usr/bin/lsusb", "lsusb -t"},
    {kDfHuman, "/usr/bin/df", "df -h"},
    {kFree, "/usr/bin/free", "free -m"},
    {kSystemctlStatus, "/usr/bin/systemctl", "systemctl --failed --no-pager"},
    {kDmesg, "/usr/bin/dmesg", "dmesg --level=err,warn"},
    {kIpAddress, "/usr/bin/ip", "ip -4 address show dev eth0"},

    {kReadModbus, "/usr/bin/python3",
     "python3 /opt/gateway/read_modbus.py --unit 3 --registers 40001-40016"},
    {kThermalZone, "/usr/bin/cat", "cat /sys/class/thermal/thermal_zone0/temp"},
    {kMosquittoPub, "/usr/bin/mosquitto_pub",
     "mosquitto_pub -h localhost -t plant/line1/state -m \"{\\\"ok\\\":true}\""},
    {kMosquittoActive, "/usr/bin/systemctl", "systemctl is-active mosquitto.service"},
    {kQueueCount, "/usr/bin/sqlite3",
     "sqlite3 /var/lib/gateway/queue.db \"select count(*) from queue\""},
    {kProbeSegment, "/usr/bin/ffprobe", "ffprobe -v error -show_format /var/lib/camera/latest.mp4"},
    {kListRecordings, "/usr/bin/find", "find /var/lib/camera -name '*.mp4' -mtime +14"},
    {kCameraControls, "/usr/bin/v4l2-ctl", "v4l2-ctl --device /dev/video0 --get-ctrl=exposure"},
    {kMotionHook, "/opt/camera/bin/motion", "/opt/camera/bin/motion --zone entrance"},
    {kReadPlc, "/opt/hmi/bin/read-plc", "/opt/hmi/bin/read-plc --station 2 --block DB10"},
    {kShiftReport, "/usr/bin/python3", "python3 /opt/hmi/shift_report.py --line \"7\""},
    {kExportHistory, "/opt/hmi/bin/export", "/opt/hmi/bin/export --since -15min --format csv"},
    {kXprintidle, "/usr/bin/xprintidle", "xprintidle"},
    {kBrowserTab, "/usr/lib/chromium/chromium",
     "/usr/lib/chromium/chromium --type=renderer --lang=en"},
    {kPrinterState, "/usr/bin/lpstat", "lpstat -p receipts"},
    {kXrandr, "/usr/bin/xrandr", "xrandr --query"},
    {kI2cGet, "/usr/sbin/i2cget", "i2cget -y 1 0x48 0x00 w"},
    {kSensorRead, "/bin/sh", "/bin/sh /usr/local/bin/read-sensor --channel 1"},
    {kDate, "/usr/bin/date", "date +%s"},
};
static_assert(stands_in_order(kEveryday, 0));
static_assert(std::size(kEveryday) == kPlayedFirst);

}  // namespace

std::span<const ProgramRow> everyday_programs() {
    return kEveryday;
}

}  // namespace twinstorm::host
