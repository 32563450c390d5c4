#include "agent/json_pieces.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "agent/json_text.h"
#include "twinstorm/base/seed.h"

namespace twinstorm::agent {
namespace {

struct Field {
    std::string_view name;
    std::string_view value;
};

std::string fields(std::initializer_list<Field> all) {
    std::string text;
    for (const Field& field : all) {
        if (!text.empty()) {
            text += ',';
        }
        append_field(text, field.name, field.value);
    }
    return text;
}

std::string escaped(std::string_view value) {
    std::string text;
    append_escaped(text, value);
    return text;
}

// In the form of a SHA-1: what is simulated has no contents to hash.
std::string hash_of(std::string_view executable) {
    constexpr std::string_view kHex = "0123456789abcdef";
    constexpr std::size_t kDigits = 40;
    Random random(derive(0, executable));
    std::string digits;
    std::generate_n(std::back_inserter(digits), kDigits, [&] { return kHex[random.below(16)]; });
    return digits;
}

ProgramPieces program_pieces(const host::Program& program) {
    ProgramPieces pieces;
    pieces.executable_bytes = fields({{"Executable", program.executable}}).size();
    pieces.fields =
        fields({{"Executable", program.executable}, {"CommandLine", program.command_line}});
    pieces.hash = fields({{"Hash", hash_of(program.executable)}});
    return pieces;
}

UserPieces user_pieces(const host::User& user) {
    UserPieces pieces;
    pieces.fields = fields({{"UserId", user.id}, {"UserName", user.name}});
    pieces.name = fields({{"UserName", user.name}});
    pieces.login = user.id.empty() ? pieces.name : pieces.fields;
    pieces.groups = fields({{"GroupIds", user.group_ids}, {"GroupNames", user.group_names}}) + "," +
                    pieces.fields;
    return pieces;
}

std::string_view direction_name(host::Direction direction) {
    return direction == host::Direction::kIn ? "In" : "Out";
}

ConnectionPieces connection_pieces(const host::Connection& connection,
                                   const host::Catalogue& catalogue, const JsonPieces& made) {
    ConnectionPieces pieces;
    pieces.direction =
        fields({{"Direction", direction_name(connection.direction)}}) + R"(,"Protocol":")";
    pieces.fields = made.programs[connection.program].fields + "," +
                    fields({{"UserId", catalogue.users[connection.user].id}});
    if (!connection.application_protocol.empty()) {
        pieces.details = fields({{"ApplicationProtocol", connection.application_protocol}});
    }
    return pieces;
}

std::string number_field(std::string_view name, std::uint64_t value) {
    std::string text = "\"";
    text.append(name).append("\":");
    append_integer(text, value);
    return text;
}

// In the words of the micro agent, and its numbers.
std::string peripheral_piece(const host::PeripheralKind& kind) {
    if (!kind.usb) {
        return fields({{"InterfaceName", kind.interface_name}});
    }
    const std::array<std::pair<std::string_view, std::uint8_t>, 6> classes{{
        {"DeviceClass", kind.device_class},
        {"DeviceSubclass", kind.device_subclass},
        {"DeviceProtocol", kind.device_protocol},
        {"InterfaceClass", kind.interface_class},
        {"InterfaceSubclass", kind.interface_subclass},
        {"InterfaceProtocol", kind.interface_protocol},
    }};
    std::string text;
    for (const auto& [name, value] : classes) {
        text += text.empty() ? "" : ",";
        text += number_field(name, value);
    }
    return text;
}

MachinePieces machine_pieces(const host::Machine& machine) {
    return {escaped(machine.hardware_vendor),
            escaped(machine.hardware_model),
            escaped(machine.firmware_vendor),
            escaped(machine.firmware_version),
            fields({{"BootDevice", machine.boot_device}}),
            fields({{"OsArchitecture", machine.architecture}})};
}

CheckPieces check_pieces(const host::BaselineCheck& check, const host::Catalogue& catalogue) {
    constexpr std::array<std::string_view, 4> kSeverities{"Critical", "Important", "Warning",
                                                          "Informational"};
    CheckPieces pieces;
    pieces.description = fields({{"Description", check.description}});
    for (const host::OperatingSystem& system : catalogue.operating_systems) {
        pieces.ids.push_back(fields({{"CceId", check_id(system, check)}}));
    }
    pieces.severity = fields({{"Severity", kSeverities[static_cast<std::size_t>(check.severity)]}});
    pieces.remediation = fields({{"Remediation", check.remediation}});
    return pieces;
}

std::string listening_port_piece(const host::ListeningPort& port) {
    constexpr std::array<std::string_view, 3> kProtocols{"tcp", "udp", "icmp"};
    return fields({{"Protocol", kProtocols[static_cast<std::size_t>(port.protocol)]},
                   {"LocalAddress", port.loopback_only ? "127.0.0.1" : "0.0.0.0"},
                   {"LocalPort", std::to_string(port.port)},
                   {"RemoteAddress", "0.0.0.0"},
                   {"RemotePort", "*"}});
}

std::string firewall_piece(const host::FirewallRule& rule) {
    constexpr std::array<std::string_view, 3> kActions{"Allow", "Deny", "Other"};
    std::string text = rule.enabled ? R"("Enabled":true,)" : R"("Enabled":false,)";
    text += fields({{"Action", kActions[static_cast<std::size_t>(rule.action)]}});
    text += R"(,"Priority":)" + std::to_string(rule.priority) + ",";
    text += fields({{"Direction", direction_name(rule.direction)},
                    {"ChainName", rule.chain},
                    {"SourceAddress", rule.source_address},
                    {"SourcePort", rule.source_port},
                    {"DestinationAddress", rule.destination_address},
                    {"DestinationPort", rule.destination_port},
                    {"Protocol", rule.protocol}});
    return text;
}

template <class Items, class MakePiece>
auto each(const Items& items, MakePiece make_piece) {
    std::vector<decltype(make_piece(items.front()))> pieces;
    pieces.reserve(items.size());
    for (const auto& item : items) {
        pieces.push_back(make_piece(item));
    }
    return pieces;
}

}  // namespace

JsonPieces::JsonPieces(const host::Catalogue& catalogue)
    : programs(each(catalogue.programs, program_pieces)),
      users(each(catalogue.users, user_pieces)),
      connections(each(catalogue.connections,
                       [&](const host::Connection& connection) {
                           return connection_pieces(connection, catalogue, *this);
                       })),
      domains(each(catalogue.domains, escaped)),
      terminals(each(catalogue.terminals, escaped)),
      paths(each(catalogue.paths,
                 [](const std::string& path) {
                     return fields({{"Path", path}});
                 })),
      peripherals(each(catalogue.peripherals, peripheral_piece)),
      log_messages(each(catalogue.log_lines,
                        [](const host::LogLine& line) {
                            return fields({{"Message", line.message}});
                        })),
      log_places(
          each(catalogue.log_lines,
               [](const host::LogLine& line) {
                   return fields({{"FileName", line.file}, {"Line", std::to_string(line.line)}});
               })),
      machines(each(catalogue.machines, machine_pieces)),
      operating_systems(each(catalogue.operating_systems,
                             [](const host::OperatingSystem& system) {
                                 return fields({{"OSName", system.name},
                                                {"OSVersion", system.version},
                                                {"OSVendor", system.vendor}});
                             })),
      kernels(each(catalogue.operating_systems,
                   [](const host::OperatingSystem& system) {
                       return fields({{"KernelVersion", system.kernel}});
                   })),
      packages(each(catalogue.packages,
                    [](const host::Package& package) {
                        return fields({{"Name", package.name},
                                       {"Version", package.version},
                                       {"Vendor", package.vendor}});
                    })),
      checks(
          each(catalogue.checks,
               [&](const host::BaselineCheck& check) { return check_pieces(check, catalogue); })),
      listening_ports(each(catalogue.listening_ports, listening_port_piece)),
      firewall_rules(each(catalogue.firewall_rules, firewall_piece)),
      hardware(each(catalogue.hardware,
                    [](const host::Hardware& piece) {
                        return fields({{"HardwareCategory", piece.category},
                                       {"HardwareSubCategory", piece.subcategory},
                                       {"HardwareName", piece.name}});
                    })),
      hardware_in_one(each(catalogue.hardware, [](const host::Hardware& piece) {
          return fields({{"ConnectedHardware", piece.name}});
      })) {}

const JsonPieces& json_pieces() {
    static const JsonPieces made(host::catalogue());
    return made;
}

std::string check_id(const host::OperatingSystem& system, const host::BaselineCheck& check) {
    if (!check.whole_id.empty()) {
        return check.whole_id;
    }
    std::string id = system.cis_prefix + "-" + check.group + "-" + check.id;
    std::ranges::replace(id, ' ', '_');
    return id;
}

}  // namespace twinstorm::agent
