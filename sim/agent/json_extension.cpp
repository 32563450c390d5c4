// Events that schema 1.0 has no place for, in the micro agent's words: `json-1.0-ext`.

#include <array>

#include "agent/json_writer.h"

namespace twinstorm::agent {
namespace {

// By host::FileChange and host::PeripheralChange.
constexpr std::array<std::string_view, 8> kMasks{
    R"("Mask":"Access",)",  R"("Mask":"Modified",)", R"("Mask":"Metadata changed",)",
    R"("Mask":"Closed",)",  R"("Mask":"Opened",)",   R"("Mask":"Moved",)",
    R"("Mask":"Created",)", R"("Mask":"Deleted",)"};
constexpr std::array<std::string_view, 2> kActions{R"("ActionType":"connect")",
                                                   R"("ActionType":"disconnect")"};

}  // namespace

bool JsonWriter::add(const Kept<host::FileEvent>& entry) {
    if (!extended()) {
        return false;
    }
    begin_entry(JsonEvent::kFileSystem, entry.event.id, entry.event.at, entry.aggregated);
    text_.put(kMasks[static_cast<std::size_t>(entry.event.change)]);
    text_.put(pieces_.paths[entry.event.path]);
    put_number(R"(,"HitCount":)", entry.hit_count);
    end_entry(JsonEvent::kFileSystem, plays_of(entry));
    return true;
}

bool JsonWriter::add(const Kept<host::PeripheralEvent>& entry) {
    if (!extended()) {
        return false;
    }
    const host::PeripheralEvent& event = entry.event;
    begin_entry(JsonEvent::kPeripheral, entry.event.id, entry.event.at, entry.aggregated);
    text_.put(kActions[static_cast<std::size_t>(event.change)]);
    put_number(R"(,"BusNumber":)", event.bus_number);
    if (host::catalogue().peripherals[event.peripheral].usb) {
        put_number(R"(,"KernelDeviceNumber":)", event.kernel_device_number);
    }
    text_.put(',');
    text_.put(pieces_.peripherals[event.peripheral]);
    end_entry(JsonEvent::kPeripheral, plays_of(entry));
    return true;
}

}  // namespace twinstorm::agent
