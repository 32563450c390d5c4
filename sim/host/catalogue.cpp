#include "twinstorm/host/catalogue.h"

#include <map>
#include <string>

#include "host/rows.h"

namespace twinstorm::host {
namespace {

void add_programs(Catalogue& made) {
    for (const auto rows : {everyday_programs(), played_programs()}) {
        for (const ProgramRow& row : rows) {
            made.programs.push_back({std::string(row.executable), std::string(row.command_line)});
        }
    }
}

void add_people(Catalogue& made) {
    for (const UserRow& row : user_rows()) {
        // A person's own group is named after them.
        const std::string own = row.group_names.starts_with(';') ? std::string(row.name) : "";
        made.users.push_back({std::string(row.id), std::string(row.name),
                              std::string(row.group_ids), own + std::string(row.group_names)});
    }
    made.domains.assign(domain_rows().begin(), domain_rows().end());
    made.terminals.assign(terminal_rows().begin(), terminal_rows().end());
}

void add_network(Catalogue& made) {
    for (const ConnectionRow& row : connection_rows()) {
        made.connections.push_back({row.program, row.user, row.direction, row.protocol,
                                    std::string(row.application_protocol)});
    }
    for (const ListeningPortRow& row : listening_port_rows()) {
        made.listening_ports.push_back({row.port, row.protocol, row.program, row.loopback_only});
    }
    std::map<std::string_view, std::int32_t> rules_of_chain;
    for (const FirewallRow& row : firewall_rows()) {
        FirewallRule rule;
        rule.action = row.action;
        rule.priority = ++rules_of_chain[row.chain];
        rule.direction = row.direction;
        rule.chain = row.chain;
        rule.source_address = row.source_address;
        rule.destination_address = row.destination_address;
        rule.destination_port = row.destination_port;
        rule.protocol = row.protocol;
        made.firewall_rules.push_back(std::move(rule));
    }
}

void add_machines(Catalogue& made) {
    for (const MachineRow& row : machine_rows()) {
        made.machines.push_back({std::string(row.vendor), std::string(row.model),
                                 std::string(row.firmware_vendor),
                                 std::string(row.firmware_version), std::string(row.boot_device),
                                 std::string(row.architecture), row.memory_kb, row.swap_kb});
    }
    for (const SystemRow& row : system_rows()) {
        made.operating_systems.push_back({std::string(row.name), std::string(row.version),
                                          std::string(row.vendor), std::string(row.kernel),
                                          std::string(row.cis_prefix)});
    }
    for (const HardwareRow& row : hardware_rows()) {
        made.hardware.push_back(
            {std::string(row.category), std::string(row.subcategory), std::string(row.name)});
    }
}

void add_packages(Catalogue& made) {
    made.packages.reserve(package_rows().size() * system_rows().size() * kPackageLevels);
    for (const PackageRow& row : package_rows()) {
        for (const SystemRow& system : system_rows()) {
            for (std::size_t level = 0; level < kPackageLevels; ++level) {
                made.packages.push_back({std::string(row.name),
                                         std::string(row.version) +
                                             std::string(system.package_suffix) +
                                             std::to_string(level + 1),
                                         std::string(row.vendor)});
            }
        }
    }
}

void add_checks(Catalogue& made) {
    for (const CheckRow& row : check_rows()) {
        made.checks.push_back({std::string(row.group), std::string(row.id),
                               std::string(row.description), std::string(row.remediation),
                               row.severity, std::string()});
    }
    // The service knows the test by this name, whatever the system.
    made.checks[played_check()].whole_id = "CIS-debian-9-DEFENDER_FOR_IOT_TEST_CHECKS-0.0";
}

}  // namespace

const Catalogue& catalogue() {
    static const Catalogue made = [] {
        Catalogue all;
        add_programs(all);
        add_people(all);
        add_network(all);
        all.paths.assign(path_rows().begin(), path_rows().end());
        all.peripherals.assign(peripheral_rows().begin(), peripheral_rows().end());
        all.log_lines.assign(log_line_rows().begin(), log_line_rows().end());
        add_machines(all);
        add_packages(all);
        add_checks(all);
        return all;
    }();
    return made;
}

}  // namespace twinstorm::host
