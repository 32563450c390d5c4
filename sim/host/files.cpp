// Files that change, things that are plugged in, and what the agent writes into its own log.

#include <string_view>
#include <vector>

#include "host/entries.h"
#include "host/rows.h"

namespace twinstorm::host {
namespace {

constexpr std::string_view kPaths[] = {
    "/etc/gateway/gateway.yaml",
    "/etc/camera/camera.toml",
    "/etc/hmi/project.xml",
    "/etc/kiosk/kiosk.conf",
    "/etc/sensord/sensord.conf",
    "/etc/ld.so.cache",
    "/etc/alternatives/pager",
    "/usr/local/bin/watch-disk",
    "/etc/systemd/system/device.service",
    "/etc/resolv.conf",
    "/etc/fake-hwclock.data",
    "/etc/adjtime",
    "/etc/mtab",
    "/usr/local/bin/.update",
    "/etc/cron.d/.sync",
    "/etc/passwd",
    "/etc/sudoers",
    "/etc/hosts.deny",
    "/etc/audit/rules.d/audit.rules",
};
static_assert(std::size(kPaths) == path::kEnd);

// Classes as the USB forum numbers them.
const std::vector<PeripheralKind>& peripherals() {
    static const std::vector<PeripheralKind> all{
        {true, "", 0x00, 0x00, 0x00, 0x08, 0x06, 0x50},  // Mass storage, SCSI, bulk only.
        {true, "", 0x00, 0x00, 0x00, 0x03, 0x01, 0x01},  // A boot keyboard.
        {true, "", 0x02, 0x00, 0x00, 0x02, 0x02, 0x01},  // A serial adapter.
        {true, "", 0x00, 0x00, 0x00, 0x08, 0x06, 0x62},  // Storage that speaks UAS.
        {false, "eth1"},
    };
    return all;
}

const std::vector<LogLine>& lines() {
    static const std::vector<LogLine> all{
        {"Collector Process finished a cycle", "process_collector.c", 212},
        {"Collector NetworkActivity finished a cycle", "network_activity_collector.c", 187},
        {"Priority timer elapsed: Medium", "scheduler.c", 96},
        {"Priority timer elapsed: Low", "scheduler.c", 96},
        {"Module twin is unchanged", "twin_configuration.c", 141},
        {"Message confirmed by the hub", "iothub_module.c", 305},
        {"Baseline scan finished", "baseline_collector.c", 158},
        {"Connection to the hub is established", "iothub_module.c", 228},
        {"Cache of Process is nearly full", "event_cache.c", 74},
        {"Utmp record without a terminal was skipped", "login_collector.c", 133},
        {"Audit log was rotated while it was read", "login_collector.c", 171},
        {"Package without a maintainer: \"local-tools\"", "sbom_collector.c", 88},
        {"Could not read /sys/class/dmi/id/product_serial", "system_information.c", 64},
        {"Netlink socket was overrun; some processes were not seen", "process_collector.c", 301},
        {"Poll of /proc took 12 ms", "process_collector.c", 118},
        {"Packet buffer is at 3 percent", "packet_capture.c", 59},
    };
    return all;
}

}  // namespace

std::span<const std::string_view> path_rows() {
    return kPaths;
}

std::span<const PeripheralKind> peripheral_rows() {
    return peripherals();
}

std::span<const LogLine> log_line_rows() {
    return lines();
}

}  // namespace twinstorm::host
