#include "defender/flat_message.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "defender/flat_reader.h"

namespace twinstorm::defender {
namespace {

enum class Kind : std::uint8_t {
    kScalar,       // `bytes` long.
    kEnumeration,  // One byte, at most `value_max`.
    kStruct,       // `bytes` long, aligned to `alignment`.
    kText,
    kStructs,  // A vector of structs, `bytes` long each.
    kTable,
    kTables,
    kUnion,  // The field before it holds the type, `value_max` at most; tables in that order.
};

struct TableRule;

struct FieldRule {
    std::string_view name;
    Kind kind = Kind::kScalar;
    std::uint8_t bytes = 4;
    bool required = false;
    std::uint8_t value_max = 0;
    std::uint8_t alignment = 4;
    const TableRule* table = nullptr;  // The first, for a union.
};

struct TableRule {
    std::span<const FieldRule> fields;  // In the order of their ids.
};

constexpr FieldRule scalar(std::string_view name, std::uint8_t bytes) {
    return {.name = name, .bytes = bytes};
}
constexpr FieldRule enumeration(std::string_view name, std::uint8_t value_max) {
    return {.name = name, .kind = Kind::kEnumeration, .bytes = 1, .value_max = value_max};
}
constexpr FieldRule text(std::string_view name, bool required = false) {
    return {.name = name, .kind = Kind::kText, .required = required};
}
constexpr FieldRule structs(std::string_view name, std::uint8_t bytes) {
    return {.name = name, .kind = Kind::kStructs, .bytes = bytes};
}
constexpr FieldRule tables(std::string_view name, const TableRule& rule, bool required = false) {
    return {.name = name, .kind = Kind::kTables, .required = required, .table = &rule};
}

constexpr std::uint8_t kProtocolMax = 2;          // TCP, UDP, ICMP.
constexpr std::uint8_t kResultMax = 2;            // PASS, FAIL, ERROR.
constexpr std::uint8_t kSeverityMax = 3;          // CRITICAL to INFORMATIONAL.
constexpr std::uint8_t kProcessEventTypeMax = 2;  // FORK, EXEC, EXIT.
constexpr std::uint8_t kLevelMax = 5;             // NOTSET to DEBUG.

constexpr FieldRule kCommonFields[] = {
    scalar("local_port", 2),
    scalar("remote_port", 2),
    scalar("bytes_in", 4),
    scalar("bytes_out", 4),
    enumeration("protocol", kProtocolMax),
    scalar("process_id", 2),
    scalar("user_id", 2),
    text("executable"),
    text("commandline"),
};
constexpr TableRule kCommon{kCommonFields};
constexpr FieldRule common() {
    return {.name = "common", .kind = Kind::kTable, .required = true, .table = &kCommon};
}
constexpr FieldRule addresses(std::uint8_t bytes) {
    return {.name = "addresses", .kind = Kind::kStruct, .bytes = bytes, .required = true};
}
constexpr FieldRule kFlowV4Fields[] = {addresses(8), common()};
constexpr FieldRule kFlowV6Fields[] = {addresses(32), common()};
constexpr TableRule kFlowV4{kFlowV4Fields};
constexpr TableRule kFlowV6{kFlowV6Fields};
constexpr FieldRule kNetworkActivity[] = {tables("ipv4_activity", kFlowV4),
                                          tables("ipv6_activity", kFlowV6)};
constexpr FieldRule kSystemInformation[] = {text("os_info"), text("kernel_info"), text("hw_info")};
constexpr FieldRule kListeningPorts[] = {structs("ipv4_ports", 8), structs("ipv6_ports", 20)};
constexpr FieldRule kCheckFields[] = {
    text("id", true),    enumeration("result", kResultMax),     text("error"),
    text("description"), enumeration("severity", kSeverityMax), text("remediation"),
};
constexpr TableRule kCheck{kCheckFields};
constexpr FieldRule kBaseline[] = {tables("baseline_checks", kCheck)};
constexpr FieldRule kProcess[] = {
    text("executable"),
    scalar("process_id", 4),
    scalar("parent_process_id", 4),
    scalar("user_id", 4),
    text("user_name"),
    text("commandline"),
    enumeration("event_type", kProcessEventTypeMax),
    scalar("hit_count", 4),
};
constexpr FieldRule kRecordFields[] = {
    text("message", true), enumeration("level", kLevelMax), scalar("timestamp", 8),
    scalar("line", 4),     text("filename", true),
};
constexpr TableRule kRecord{kRecordFields};
constexpr FieldRule kLog[] = {tables("logs", kRecord)};

// The union's types 1 to 7, in this order; 4, the heartbeat, has no field.
constexpr TableRule kPayloads[] = {{kNetworkActivity},
                                   {kSystemInformation},
                                   {kListeningPorts},
                                   {},
                                   {kBaseline},
                                   {kProcess},
                                   {kLog}};

constexpr FieldRule kEventFields[] = {
    {.name = "id", .kind = Kind::kStruct, .bytes = 16, .required = true, .alignment = 1},
    scalar("time", 4),
    scalar("collection_interval", 4),
    scalar("payload_type", 1),
    {.name = "payload",
     .kind = Kind::kUnion,
     .required = true,
     .value_max = static_cast<std::uint8_t>(std::size(kPayloads)),
     .table = kPayloads},
};
constexpr TableRule kEvent{kEventFields};
constexpr FieldRule kMessageFields[] = {
    text("security_module_id", true),
    scalar("security_module_version", 4),
    scalar("timezone", 1),
    tables("events", kEvent, true),
};
constexpr TableRule kMessage{kMessageFields};

class Checker {
public:
    explicit Checker(std::string_view body) : reader_(body) {}

    [[nodiscard]] Flaw check() {
        const auto root = reader_.root();
        return root ? check_table(*root, kMessage) : broken();
    }

private:
    using Table = FlatReader::Table;

    [[nodiscard]] static Flaw broken(std::string_view where = {}) {
        return flaw(Reason::kNotFlatBuffers, where);
    }

    // Fields with ids beyond the rule's are of a later minor version: skipped, as readers do.
    [[nodiscard]] Flaw check_table(const Table& table, const TableRule& rule) {
        for (unsigned id = 0; id < rule.fields.size(); ++id) {
            const FieldRule& field = rule.fields[id];
            const std::uint32_t at = reader_.field(table, id);
            if (at == 0 && field.required) {
                return flaw(Reason::kMissingMember, field.name);
            }
            if (at == 0) {
                continue;
            }
            const bool inline_struct = field.kind == Kind::kStruct;
            const bool in_place =
                inline_struct || field.kind == Kind::kScalar || field.kind == Kind::kEnumeration;
            const std::uint32_t bytes = in_place ? field.bytes : 4;
            if (!reader_.holds(table, at, bytes, inline_struct ? field.alignment : bytes)) {
                return broken(field.name);
            }
            if (auto found =
                    in_place ? check_in_place(at, field) : check_behind(table, id, at, field)) {
                return found;
            }
        }
        return {};
    }

    [[nodiscard]] Flaw check_in_place(std::uint32_t at, const FieldRule& field) const {
        const bool known = field.kind != Kind::kEnumeration || reader_.byte(at) <= field.value_max;
        return known ? Flaw{} : flaw(Reason::kValue, field.name);
    }

    // What an offset leads to.
    [[nodiscard]] Flaw check_behind(const Table& table, unsigned id, std::uint32_t at,
                                    const FieldRule& field) {
        const auto target = reader_.follow(at);
        if (!target) {
            return broken(field.name);
        }
        switch (field.kind) {
            case Kind::kText:
                return reader_.is_text(*target) ? Flaw{} : broken(field.name);
            case Kind::kStructs:
                return reader_.vector(*target, field.bytes) ? Flaw{} : broken(field.name);
            case Kind::kTables:
                return check_tables(*target, field);
            case Kind::kUnion:
                return check_union(table, id, *target, field);
            default:
                return check_inner(*target, *field.table, field);
        }
    }

    [[nodiscard]] Flaw check_inner(std::uint32_t at, const TableRule& rule,
                                   const FieldRule& field) {
        const auto inner = reader_.table(at);
        return inner ? within(field.name, check_table(*inner, rule)) : broken(field.name);
    }

    [[nodiscard]] Flaw check_tables(std::uint32_t at, const FieldRule& field) {
        constexpr std::uint32_t kOffsetBytes = 4;
        const auto vector = reader_.vector(at, kOffsetBytes);
        if (!vector) {
            return broken(field.name);
        }
        for (std::uint32_t i = 0; i < vector->size; ++i) {
            const auto element = reader_.follow(vector->first + kOffsetBytes * i);
            const auto inner = element ? reader_.table(*element) : std::nullopt;
            if (auto found = inner ? check_table(*inner, *field.table) : broken()) {
                return within(field.name, i, std::move(found));
            }
        }
        return {};
    }

    [[nodiscard]] Flaw check_union(const Table& table, unsigned id, std::uint32_t at,
                                   const FieldRule& field) {
        const std::uint32_t type_at = reader_.field(table, id - 1);  // Checked before it.
        const unsigned type = type_at == 0 ? 0 : reader_.byte(type_at);
        if (type == 0) {
            return flaw(Reason::kMissingMember, "payload_type");
        }
        if (type > field.value_max) {
            return flaw(Reason::kUnknownEvent, "payload_type");
        }
        return check_inner(at, field.table[type - 1], field);
    }

    FlatReader reader_;
};

}  // namespace

Flaw check_flat_message(std::string_view body) {
    return Checker(body).check();
}

}  // namespace twinstorm::defender
