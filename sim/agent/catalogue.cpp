#include "agent/catalogue.h"

#include <string_view>

#include "agent/json_text.h"

namespace twinstorm::agent {
namespace {

struct ProcessRow {
    std::string_view executable;
    std::string_view command_line;
    Account account;
    Service parent;
};

constexpr ProcessRow kProcesses[] = {
    {"/usr/bin/sleep", "sleep 30", Account::kRoot, Service::kGateway},
    {"/usr/bin/cat", "cat /sys/class/thermal/thermal_zone0/temp", Account::kOperator,
     Service::kGateway},
    {"/bin/sh", "/bin/sh -c \"run-parts --report /etc/cron.hourly\"", Account::kRoot,
     Service::kCron},
    {"/usr/sbin/cron", "/usr/sbin/CRON -f", Account::kRoot, Service::kCron},
    {"/usr/bin/mosquitto_pub",
     "mosquitto_pub -h localhost -t plant/line1/state -m \"{\\\"ok\\\":true}\"", Account::kOperator,
     Service::kGateway},
    {"/usr/bin/python3", "python3 /opt/gateway/read_modbus.py --unit 3 --registers 40001-40016",
     Account::kOperator, Service::kGateway},
    {"/usr/bin/date", "date +%s", Account::kOperator, Service::kGateway},
    {"/usr/bin/awk", "awk '/MemAvailable/ {print $2}' /proc/meminfo", Account::kOperator,
     Service::kGateway},
    {"/usr/bin/grep", "grep -c ^processor /proc/cpuinfo", Account::kOperator, Service::kGateway},
    {"/usr/bin/df", "df --output=pcent /", Account::kRoot, Service::kGateway},
    {"/usr/bin/systemctl", "systemctl is-active mosquitto.service", Account::kRoot,
     Service::kGateway},
    {"/usr/bin/uptime", "uptime -p", Account::kOperator, Service::kShell},
    {"/usr/lib/systemd/systemd-tmpfiles", "systemd-tmpfiles --clean", Account::kRoot,
     Service::kSystemd},
    {"/usr/sbin/logrotate", "/usr/sbin/logrotate /etc/logrotate.conf", Account::kRoot,
     Service::kSystemd},
    {"/usr/bin/php-cgi", "/usr/bin/php-cgi -d error_log=\"C:\\\\unset\"", Account::kWebServer,
     Service::kWebServer},
    {"/usr/bin/ls", "ls -l /opt/gateway", Account::kOperator, Service::kShell},
    {"/usr/bin/journalctl", "journalctl -u gateway.service -n 50", Account::kOperator,
     Service::kShell},
    {"/usr/bin/top", "top -b -n 1", Account::kOperator, Service::kShell},
    {"/usr/bin/ip", "ip -4 address show dev eth0", Account::kRoot, Service::kGateway},
    {"/usr/bin/chronyc", "chronyc tracking", Account::kTimeSync, Service::kTimeSync},
    {"/usr/bin/mosquitto_passwd", "mosquitto_passwd -U /etc/mosquitto/passwd.new", Account::kBroker,
     Service::kBroker},
    {"/usr/bin/vcgencmd", "vcgencmd measure_volts core", Account::kOperator, Service::kGateway},
    {"/usr/sbin/sshd", "sshd: /usr/sbin/sshd -D [listener]", Account::kRoot, Service::kSshd},
    {"/usr/bin/bash", "-bash", Account::kOperator, Service::kSshd},
    {"/usr/bin/tail", "tail -n 100 /var/log/gateway/gateway.log", Account::kOperator,
     Service::kShell},
    {"/usr/bin/ps", "ps -eo pid,comm,rss --sort=-rss", Account::kOperator, Service::kShell},
    {"/usr/bin/gzip", "gzip -9 /var/log/gateway/gateway.log.1", Account::kRoot, Service::kLogger},
    {"/usr/bin/find", "find /var/cache/gateway -type f -mtime +7", Account::kRoot, Service::kCron},
    {"/usr/bin/resolvectl", "resolvectl statistics", Account::kResolver, Service::kResolver},
    {"/usr/bin/apt-get", "apt-get -qq -y update", Account::kRoot, Service::kSystemd},
    {"/usr/bin/dpkg", "/usr/bin/dpkg --print-foreign-architectures", Account::kRoot,
     Service::kSystemd},
    {"/usr/bin/sqlite3", "sqlite3 /var/lib/gateway/queue.db \"select count(*) from queue\"",
     Account::kOperator, Service::kGateway},
    {"/usr/bin/openssl", "openssl x509 -noout -enddate -in /etc/gateway/device.pem", Account::kRoot,
     Service::kCron},
    {"/usr/bin/vim", "vim /opt/gateway/gateway.yaml", Account::kOperator, Service::kShell},
    {"/usr/bin/lsusb", "lsusb -t", Account::kOperator, Service::kShell},
    {"/usr/sbin/fstrim", "/sbin/fstrim --listed-in /etc/fstab:/proc/self/mountinfo", Account::kRoot,
     Service::kSystemd},
};

struct FlowRow {
    std::string_view executable;
    std::string_view command_line;
    std::string_view user_id;
    std::string_view protocol;
    std::string_view application_protocol;
    Service service;
    Direction direction;
    Peer peer;
    std::uint16_t port;
    std::uint16_t local_port;
    std::uint16_t packets_max;
    std::uint16_t packet_bytes;
};

constexpr FlowRow kFlows[] = {
    {"/usr/bin/python3", "python3 /opt/gateway/gateway.py", "1000", "TCP", "MQTT",
     Service::kGateway, Direction::kOut, Peer::kCloud, 8883, kLongConnection, 200, 180},
    {"/usr/lib/systemd/systemd-resolved", "/lib/systemd/systemd-resolved", "101", "UDP", "DNS",
     Service::kResolver, Direction::kOut, Peer::kRouter, 53, 0, 4, 90},
    {"/usr/bin/python3", "python3 /opt/gateway/gateway.py", "1000", "TCP", "Modbus",
     Service::kGateway, Direction::kOut, Peer::kNeighbour, 502, 0, 60, 70},
    {"/usr/sbin/chronyd", "/usr/sbin/chronyd -F 1", "103", "UDP", "NTP", Service::kTimeSync,
     Direction::kOut, Peer::kRouter, 123, 123, 4, 76},
    {"/usr/sbin/mosquitto", "/usr/sbin/mosquitto -c /etc/mosquitto/mosquitto.conf", "112", "TCP",
     "MQTT", Service::kBroker, Direction::kIn, Peer::kNeighbour, 1883, 0, 300, 120},
    {"/usr/sbin/nginx", "nginx: worker process", "33", "TCP", "HTTP", Service::kWebServer,
     Direction::kIn, Peer::kNeighbour, 80, 0, 80, 900},
    {"/usr/sbin/rsyslogd", "/usr/sbin/rsyslogd -n -iNONE", "0", "UDP", "Syslog", Service::kLogger,
     Direction::kOut, Peer::kRouter, 514, 514, 40, 210},
    {"/usr/bin/python3", "python3 /opt/gateway/gateway.py", "1000", "TCP", "HTTPS",
     Service::kGateway, Direction::kOut, Peer::kUpdates, 443, 0, 120, 1100},
    {"/usr/sbin/sshd", "sshd: /usr/sbin/sshd -D [listener]", "0", "TCP", "SSH", Service::kSshd,
     Direction::kIn, Peer::kNeighbour, 22, 0, 400, 140},
};

struct MachineRow {
    std::string_view vendor;
    std::string_view model;
    std::string_view firmware_vendor;
    std::string_view firmware_version;
    std::string_view boot_device;
    std::string_view architecture;
    std::uint64_t memory_kb;
    std::uint64_t swap_kb;
};

constexpr MachineRow kMachines[] = {
    {"Contoso", "Edge Gateway 200", "Contoso", "1.4.2", "/dev/mmcblk0p1", "aarch64", 3'884'360,
     102'396},
    {"Contoso", "Edge Gateway 210", "Contoso", "2.0.7", "/dev/mmcblk0p1", "aarch64", 7'998'724,
     102'396},
    {"Fabrikam", "Line Controller 7", "Fabrikam Embedded", "07.11", "/dev/mmcblk1p2", "armv7l",
     945'512, 524'284},
    {"Fabrikam", "Panel PC 15\" touch", "Fabrikam Embedded", "5.19", "/dev/sda1", "x86_64",
     8'050'184, 2'097'148},
    {"Northwind", "RackBox R1", "Northwind UEFI", "F.42", "/dev/nvme0n1p1", "x86_64", 16'297'936,
     4'194'300},
    {"Tailspin", "Sensor Hub S3", "U-Boot", "2021.07", "/dev/mmcblk0p2", "armv7l", 498'688, 0},
};

struct SystemRow {
    std::string_view name;
    std::string_view version;
    std::string_view vendor;
};

// The systems that the agent is published for.
constexpr SystemRow kSystems[] = {
    {"Debian GNU/Linux", "9", "Debian"},  {"Debian GNU/Linux", "10", "Debian"},
    {"Debian GNU/Linux", "11", "Debian"}, {"Ubuntu", "18.04", "Canonical"},
    {"Ubuntu", "20.04", "Canonical"},     {"Ubuntu", "22.04", "Canonical"},
};

struct AccountRow {
    std::string_view id;
    std::string_view name;
};

constexpr AccountRow kAccounts[] = {
    {"0", "root"},      {"33", "www-data"},         {"112", "mosquitto"},
    {"103", "_chrony"}, {"101", "systemd-resolve"},
};

constexpr std::string_view kOperators[] = {"pi", "debian", "gateway", "maintenance", "plant"};
constexpr std::string_view kStrangers[] = {"admin", "root", "test", "ubnt", "oracle"};
constexpr std::string_view kOperatorId = "1000";

std::string account_fields(std::string_view id, std::string_view name) {
    std::string fields;
    append_field(fields, "UserId", id);
    fields += ',';
    append_field(fields, "UserName", name);
    return fields;
}

void add_next(std::string& fields, std::string_view name, std::string_view value) {
    if (!fields.empty()) {
        fields += ',';
    }
    append_field(fields, name, value);
}

void add_processes(Catalogue& made) {
    for (const ProcessRow& row : kProcesses) {
        std::string fields;
        add_next(fields, "Executable", row.executable);
        add_next(fields, "CommandLine", row.command_line);
        made.processes.push_back({std::move(fields), row.account, row.parent});
    }
}

void add_flows(Catalogue& made) {
    for (const FlowRow& row : kFlows) {
        std::string fields;
        add_next(fields, "Direction", row.direction == Direction::kIn ? "In" : "Out");
        add_next(fields, "Protocol", row.protocol);
        add_next(fields, "Executable", row.executable);
        add_next(fields, "CommandLine", row.command_line);
        add_next(fields, "UserId", row.user_id);
        std::string details;
        add_next(details, "ApplicationProtocol", row.application_protocol);
        made.flows.push_back({std::move(fields), std::move(details), row.service, row.direction,
                              row.peer, row.port, row.local_port, row.packets_max,
                              row.packet_bytes});
    }
}

void add_machines(Catalogue& made) {
    for (const MachineRow& row : kMachines) {
        Machine machine;
        add_next(machine.fields, "BIOSVersion", row.firmware_version);
        add_next(machine.fields, "BootDevice", row.boot_device);
        add_next(machine.details, "HardwareVendor", row.vendor);
        add_next(machine.details, "HardwareModel", row.model);
        add_next(machine.details, "FirmwareVendor", row.firmware_vendor);
        add_next(machine.details, "FirmwareVersion", row.firmware_version);
        add_next(machine.architecture, "OsArchitecture", row.architecture);
        machine.memory_kb = row.memory_kb;
        machine.swap_kb = row.swap_kb;
        made.machines.push_back(std::move(machine));
    }
    for (const SystemRow& row : kSystems) {
        std::string fields;
        add_next(fields, "OSName", row.name);
        add_next(fields, "OSVersion", row.version);
        add_next(fields, "OSVendor", row.vendor);
        made.operating_systems.push_back(std::move(fields));
    }
}

void add_people(Catalogue& made) {
    for (const AccountRow& row : kAccounts) {
        made.accounts.push_back(account_fields(row.id, row.name));
    }
    made.accounts.emplace_back();
    for (const std::string_view name : kOperators) {
        made.operators.push_back(account_fields(kOperatorId, name));
    }
    for (const std::string_view name : kStrangers) {
        std::string fields;
        append_field(fields, "UserName", name);
        made.strangers.push_back(std::move(fields));
    }
    made.zones_minutes = {0, 60, 120, 330, 480, -300, -480};
}

}  // namespace

const Catalogue& catalogue() {
    static const Catalogue made = [] {
        Catalogue all;
        add_processes(all);
        add_flows(all);
        add_machines(all);
        add_people(all);
        return all;
    }();
    return made;
}

std::uint32_t service_pid(const DeviceProfile& profile, Service service) {
    if (service == Service::kSystemd) {
        return 1;
    }
    constexpr std::uint32_t kFirst = 380;
    constexpr std::uint32_t kStep = 23;
    const auto index = static_cast<std::uint32_t>(service);
    return kFirst + kStep * index + (profile.pid_salt + 7 * index) % kStep;
}

}  // namespace twinstorm::agent
