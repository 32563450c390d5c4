#include "host/rows.h"

namespace twinstorm::host {
namespace {

constexpr KindSet kGateway = of(Kind::kGateway);
constexpr KindSet kCamera = of(Kind::kCamera);
constexpr KindSet kIndustrialPc = of(Kind::kIndustrialPc);
constexpr KindSet kKiosk = of(Kind::kKiosk);
constexpr KindSet kSensor = of(Kind::kSensor);

constexpr MachineRow kMachines[] = {
    {kGateway, "Contoso", "Edge Gateway 200", "Contoso", "1.4.2", "/dev/mmcblk0p1", "aarch64",
     3'884'360, 102'396},
    {kGateway, "Contoso", "Edge Gateway 210", "Contoso", "2.0.7", "/dev/mmcblk0p1", "aarch64",
     7'998'724, 102'396},
    {kGateway, "Northwind", "RackBox R1", "Northwind UEFI", "F.42", "/dev/nvme0n1p1", "x86_64",
     16'297'936, 4'194'300},
    {kCamera, "Relecloud", "Dome View 4K", "U-Boot", "2022.04", "/dev/mmcblk0p2", "aarch64",
     1'964'880, 0},
    {kCamera, "Relecloud", "Bullet View HD", "U-Boot", "2021.10", "/dev/mmcblk0p2", "armv7l",
     1'025'120, 0},
    {kIndustrialPc, "Fabrikam", "Line Controller 7", "Fabrikam Embedded", "07.11", "/dev/sda1",
     "x86_64", 8'050'184, 2'097'148},
    {kIndustrialPc, "Fabrikam", "Line Controller 9", "Fabrikam Embedded", "09.02", "/dev/nvme0n1p1",
     "x86_64", 16'318'220, 4'194'300},
    {kKiosk, "Fabrikam", "Panel PC 15\" touch", "Fabrikam Embedded", "5.19", "/dev/sda1", "x86_64",
     8'050'184, 2'097'148},
    {kKiosk, "Adatum", "Counter Terminal C2", "Adatum UEFI", "1.30", "/dev/sda2", "x86_64",
     4'011'560, 1'048'572},
    {kSensor, "Tailspin", "Sensor Hub S3", "U-Boot", "2021.07", "/dev/mmcblk0p2", "armv7l", 498'688,
     0},
    {kSensor, "Tailspin", "Sensor Hub S4", "U-Boot", "2023.01", "/dev/mmcblk0p2", "aarch64",
     996'144, 0},
};

// The systems that the agent is published for.
constexpr SystemRow kSystems[] = {
    {"Debian GNU/Linux", "9", "Debian", "4.9.0-19", "CIS-debian-9", "-1+deb9u"},
    {"Debian GNU/Linux", "10", "Debian", "4.19.0-24", "CIS-debian-10", "-1+deb10u"},
    {"Debian GNU/Linux", "11", "Debian", "5.10.0-23", "CIS-debian-11", "-1+deb11u"},
    {"Ubuntu", "18.04", "Canonical", "4.15.0-213-generic", "CIS-ubuntu-18.04", "-1ubuntu0.18.04."},
    {"Ubuntu", "20.04", "Canonical", "5.4.0-150-generic", "CIS-ubuntu-20.04", "-1ubuntu0.20.04."},
    {"Ubuntu", "22.04", "Canonical", "5.15.0-73-generic", "CIS-ubuntu-22.04", "-1ubuntu0.22.04."},
};

// As Windows' device manager sorts them; only legacy agents ask.
constexpr HardwareRow kHardware[] = {
    {kEveryKind, "Processor", "CPU", "Quad-core processor"},
    {kEveryKind, "Memory", "RAM", "Memory module 0"},
    {kEveryKind, "Net", "Ethernet", "Gigabit network connection"},
    {kEveryKind, "System", "Bus", "PCI Express root port"},
    {kEveryKind, "System", "Firmware", "UEFI-compliant system"},
    {kEveryKind, "USB", "Hub", "USB root hub (USB 3.0)"},
    {kEveryKind, "USB", "Controller", "USB xHCI host controller"},
    {kEveryKind, "SecurityDevices", "TPM", "Trusted platform module 2.0"},
    {kGateway | kSensor, "DiskDrive", "eMMC", "eMMC storage 32 GB"},
    {kCamera, "DiskDrive", "eMMC", "eMMC storage 16 GB"},
    {kIndustrialPc | kKiosk, "DiskDrive", "SSD", "SATA solid-state disk 256 GB"},
    {kGateway, "Ports", "Serial", "Communications port (COM1)"},
    {kGateway, "Ports", "Serial", "RS-485 adapter (COM3)"},
    {kGateway, "Net", "WiFi", "Wireless network adapter"},
    {kCamera, "Camera", "Sensor", "Image sensor 8 MP"},
    {kCamera, "Media", "Audio", "Microphone array"},
    {kIndustrialPc, "Net", "Ethernet", "Fieldbus network interface"},
    {kIndustrialPc, "Display", "Adapter", "Integrated graphics"},
    {kIndustrialPc | kKiosk, "Monitor", "Display", "Generic monitor"},
    {kKiosk, "HIDClass", "Touch", "Touch screen"},
    {kKiosk, "Printer", "Receipt", "Receipt printer"},
    {kKiosk, "SmartCardReader", "Reader", "Card reader"},
    {kSensor, "Sensor", "Temperature", "Temperature sensor"},
    {kSensor, "Sensor", "Humidity", "Humidity sensor"},
};

}  // namespace

std::span<const MachineRow> machine_rows() {
    return kMachines;
}

std::span<const SystemRow> system_rows() {
    return kSystems;
}

std::span<const HardwareRow> hardware_rows() {
    return kHardware;
}

}  // namespace twinstorm::host
