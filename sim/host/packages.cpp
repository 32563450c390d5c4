// Packages as Debian's status file lists them. Versions lack the distribution's part, which the
// catalogue adds for each system and each level of updates.

#include <string_view>

#include "host/rows.h"

namespace twinstorm::host {
namespace {

constexpr KindSet kGateway = of(Kind::kGateway);
constexpr KindSet kCamera = of(Kind::kCamera);
constexpr KindSet kIndustrialPc = of(Kind::kIndustrialPc);
constexpr KindSet kKiosk = of(Kind::kKiosk);
constexpr KindSet kSensor = of(Kind::kSensor);

constexpr std::string_view kByApt = "APT Development Team <deity@lists.debian.example>";
constexpr std::string_view kBySys = "Debian systemd Maintainers <systemd@lists.debian.example>";
constexpr std::string_view kBySsl = "Debian OpenSSL Team <openssl@lists.debian.example>";
constexpr std::string_view kByGlibc = "GNU Libc Maintainers <glibc@lists.debian.example>";
constexpr std::string_view kByGcc = "Debian GCC Maintainers <gcc@lists.debian.example>";
constexpr std::string_view kByPy = "Matthias Klose <doko@debian.example>";
constexpr std::string_view kByKernel = "Debian Kernel Team <kernel@lists.debian.example>";
constexpr std::string_view kBySsh = "Debian OpenSSH Maintainers <ssh@lists.debian.example>";
constexpr std::string_view kByPerl = "Niko Tyni <ntyni@debian.example>";
constexpr std::string_view kByUtilLinux =
    "util-linux packagers <util-linux@packages.debian.example>";
constexpr std::string_view kByCoreutils = "Michael Stone <mstone@debian.example>";
constexpr std::string_view kByQa = "Debian QA Group <packages@qa.debian.example>";
constexpr std::string_view kByNet = "Debian Network Tools Team <net-tools@lists.debian.example>";
constexpr std::string_view kByIot = "Debian IoT Maintainers <iot@lists.debian.example>";
constexpr std::string_view kByGnutls = "Debian GnuTLS Maintainers <gnutls@lists.debian.example>";
constexpr std::string_view kByGnupg = "Debian GnuPG Maintainers <gnupg@lists.debian.example>";
constexpr std::string_view kByKrb = "Sam Hartman <hartmans@debian.example>";
constexpr std::string_view kByCurl = "Alessandro Ghedini <ghedo@debian.example>";
constexpr std::string_view kByDb = "Laszlo Boszormenyi <gcs@debian.example>";
constexpr std::string_view kByX = "Debian X Strike Force <x@lists.debian.example>";
constexpr std::string_view kByMedia =
    "Debian Multimedia Maintainers <multimedia@lists.debian.example>";
constexpr std::string_view kByChrom = "Debian Chromium Team <chromium@packages.debian.example>";
constexpr std::string_view kByPrint = "Debian Printing Team <printing@lists.debian.example>";
constexpr std::string_view kByPg =
    "Debian PostgreSQL Maintainers <postgresql@packages.debian.example>";
constexpr std::string_view kByVim = "Debian Vim Maintainers <vim@tracker.debian.example>";
constexpr std::string_view kByAa = "Debian AppArmor Team <apparmor@lists.debian.example>";
constexpr std::string_view kByPam = "Steve Langasek <vorlon@debian.example>";
constexpr std::string_view kByShadow = "Shadow package maintainers <shadow@lists.debian.example>";
constexpr std::string_view kByDpkg = "Dpkg Developers <dpkg@lists.debian.example>";
constexpr std::string_view kByFw =
    "Debian Netfilter Packaging Team <netfilter@lists.debian.example>";

constexpr PackageRow kPackages[] = {
    {kEveryKind, "adduser", "3.118", kBySys},
    {kEveryKind, "apparmor", "2.13.6", kByAa},
    {kEveryKind, "apt", "2.2.4", kByApt},
    {kEveryKind, "apt-utils", "2.2.4", kByApt},
    {kEveryKind, "auditd", "3.0", kByQa},
    {kEveryKind, "base-files", "11.1", kByQa},
    {kEveryKind, "base-passwd", "3.5.51", kByQa},
    {kEveryKind, "bash", "5.1", kByPy},
    {kEveryKind, "bash-completion", "2.11", kByQa},
    {kEveryKind, "bsdutils", "2.36.1", kByUtilLinux},
    {kEveryKind, "bzip2", "1.0.8", kByQa},
    {kEveryKind, "ca-certificates", "20210119", kByGnutls},
    {kEveryKind, "chrony", "4.0", kByNet},
    {kEveryKind, "coreutils", "8.32", kByCoreutils},
    {kEveryKind, "cpio", "2.13", kByQa},
    {kEveryKind, "cron", "3.0pl1", kByQa},
    {kEveryKind, "curl", "7.74.0", kByCurl},
    {kEveryKind, "dash", "0.5.11", kByQa},
    {kEveryKind, "dbus", "1.12.28", kByUtilLinux},
    {kEveryKind, "debconf", "1.5.77", kByDpkg},
    {kEveryKind, "debian-archive-keyring", "2021.1.1", kByApt},
    {kEveryKind, "debianutils", "4.11.2", kByQa},
    {kEveryKind, "defender-iot-micro-agent", "4.6.2", kByIot},
    {kEveryKind, "dialog", "1.3", kByQa},
    {kEveryKind, "diffutils", "3.7", kByQa},
    {kEveryKind, "distro-info-data", "0.51", kByQa},
    {kEveryKind, "dmidecode", "3.3", kByQa},
    {kEveryKind, "dmsetup", "1.02.175", kByUtilLinux},
    {kEveryKind, "dosfstools", "4.2", kByQa},
    {kEveryKind, "dpkg", "1.20.13", kByDpkg},
    {kEveryKind, "e2fsprogs", "1.46.2", kByUtilLinux},
    {kEveryKind, "eject", "2.36.1", kByUtilLinux},
    {kEveryKind, "ethtool", "5.9", kByNet},
    {kEveryKind, "fdisk", "2.36.1", kByUtilLinux},
    {kEveryKind, "file", "5.39", kByQa},
    {kEveryKind, "findutils", "4.8.0", kByQa},
    {kEveryKind, "gawk", "5.1.0", kByQa},
    {kEveryKind, "gettext-base", "0.21", kByQa},
    {kEveryKind, "gnupg", "2.2.27", kByGnupg},
    {kEveryKind, "gpgv", "2.2.27", kByGnupg},
    {kEveryKind, "grep", "3.6", kByQa},
    {kEveryKind, "groff-base", "1.22.4", kByQa},
    {kEveryKind, "gzip", "1.10", kByQa},
    {kEveryKind, "hostname", "3.23", kByQa},
    {kEveryKind, "ifupdown", "0.8.36", kByNet},
    {kEveryKind, "init", "1.60", kBySys},
    {kEveryKind, "init-system-helpers", "1.60", kBySys},
    {kEveryKind, "initramfs-tools", "0.140", kByKernel},
    {kEveryKind, "iproute2", "5.10.0", kByNet},
    {kEveryKind, "iptables", "1.8.7", kByFw},
    {kEveryKind, "iputils-ping", "20210202", kByNet},
    {kEveryKind, "isc-dhcp-client", "4.4.1", kByNet},
    {kEveryKind, "klibc-utils", "2.0.8", kByKernel},
    {kEveryKind, "kmod", "28", kByKernel},
    {kEveryKind, "less", "551", kByQa},
    {kEveryKind, "libacl1", "2.2.53", kByQa},
    {kEveryKind, "libapparmor1", "2.13.6", kByAa},
    {kEveryKind, "libattr1", "2.4.48", kByQa},
    {kEveryKind, "libaudit1", "3.0", kByQa},
    {kEveryKind, "libblkid1", "2.36.1", kByUtilLinux},
    {kEveryKind, "libbz2-1.0", "1.0.8", kByQa},
    {kEveryKind, "libc-bin", "2.31", kByGlibc},
    {kEveryKind, "libc6", "2.31", kByGlibc},
    {kEveryKind, "libcap2", "2.44", kByQa},
    {kEveryKind, "libcap-ng0", "0.7.9", kByQa},
    {kEveryKind, "libcom-err2", "1.46.2", kByUtilLinux},
    {kEveryKind, "libcrypt1", "4.4.18", kByQa},
    {kEveryKind, "libcurl4", "7.74.0", kByCurl},
    {kEveryKind, "libdb5.3", "5.3.28", kByQa},
    {kEveryKind, "libdbus-1-3", "1.12.28", kByUtilLinux},
    {kEveryKind, "libdevmapper1.02.1", "1.02.175", kByUtilLinux},
    {kEveryKind, "libelf1", "0.183", kByQa},
    {kEveryKind, "libexpat1", "2.2.10", kByDb},
    {kEveryKind, "libffi7", "3.3", kByGcc},
    {kEveryKind, "libgcc-s1", "10.2.1", kByGcc},
    {kEveryKind, "libgcrypt20", "1.8.7", kByGnutls},
    {kEveryKind, "libgmp10", "6.2.1", kByQa},
    {kEveryKind, "libgnutls30", "3.7.1", kByGnutls},
    {kEveryKind, "libgpg-error0", "1.38", kByGnupg},
    {kEveryKind, "libgssapi-krb5-2", "1.18.3", kByKrb},
    {kEveryKind, "libhogweed6", "3.7.3", kByGnutls},
    {kEveryKind, "libidn2-0", "2.3.0", kByGnutls},
    {kEveryKind, "libjansson4", "2.13.1", kByQa},
    {kEveryKind, "libjson-c5", "0.15", kByQa},
    {kEveryKind, "libkmod2", "28", kByKernel},
    {kEveryKind, "libkrb5-3", "1.18.3", kByKrb},
    {kEveryKind, "liblz4-1", "1.9.3", kByQa},
    {kEveryKind, "liblzma5", "5.2.5", kByQa},
    {kEveryKind, "libmnl0", "1.0.4", kByFw},
    {kEveryKind, "libncurses6", "6.2", kByQa},
    {kEveryKind, "libnetfilter-conntrack3", "1.0.8", kByFw},
    {kEveryKind, "libnettle8", "3.7.3", kByGnutls},
    {kEveryKind, "libnftnl11", "1.1.9", kByFw},
    {kEveryKind, "libnghttp2-14", "1.43.0", kByCurl},
    {kEveryKind, "libnss-systemd", "247.3", kBySys},
    {kEveryKind, "libp11-kit0", "0.23.22", kByGnutls},
    {kEveryKind, "libpam-modules", "1.4.0", kByPam},
    {kEveryKind, "libpam-runtime", "1.4.0", kByPam},
    {kEveryKind, "libpam0g", "1.4.0", kByPam},
    {kEveryKind, "libpcap0.8", "1.10.0", kByNet},
    {kEveryKind, "libpcre3", "8.39", kByQa},
    {kEveryKind, "libpcre2-8-0", "10.36", kByQa},
    {kEveryKind, "libperl5.32", "5.32.1", kByPerl},
    {kEveryKind, "libpython3.9-minimal", "3.9.2", kByPy},
    {kEveryKind, "libreadline8", "8.1", kByPy},
    {kEveryKind, "libseccomp2", "2.5.1", kByQa},
    {kEveryKind, "libselinux1", "3.1", kByQa},
    {kEveryKind, "libsqlite3-0", "3.34.1", kByDb},
    {kEveryKind, "libssh2-1", "1.9.0", kByQa},
    {kEveryKind, "libssl1.1", "1.1.1n", kBySsl},
    {kEveryKind, "libstdc++6", "10.2.1", kByGcc},
    {kEveryKind, "libsystemd0", "247.3", kBySys},
    {kEveryKind, "libtasn1-6", "4.16.0", kByGnutls},
    {kEveryKind, "libtinfo6", "6.2", kByQa},
    {kEveryKind, "libudev1", "247.3", kBySys},
    {kEveryKind, "libunistring2", "0.9.10", kByQa},
    {kEveryKind, "libuuid1", "2.36.1", kByUtilLinux},
    {kEveryKind, "libxml2", "2.9.10", kByQa},
    {kEveryKind, "libzstd1", "1.4.8", kByQa},
    {kEveryKind, "linux-base", "4.6", kByKernel},
    {kEveryKind, "linux-image-generic", "5.10.179", kByKernel},
    {kEveryKind, "locales", "2.31", kByGlibc},
    {kEveryKind, "login", "4.8.1", kByShadow},
    {kEveryKind, "logrotate", "3.18.0", kByQa},
    {kEveryKind, "lsb-release", "11.1.0", kByQa},
    {kEveryKind, "lsof", "4.93.2", kByQa},
    {kEveryKind, "mawk", "1.3.4", kByQa},
    {kEveryKind, "mount", "2.36.1", kByUtilLinux},
    {kEveryKind, "nano", "5.4", kByQa},
    {kEveryKind, "ncurses-base", "6.2", kByQa},
    {kEveryKind, "needrestart", "3.5", kByQa},
    {kEveryKind, "net-tools", "1.60", kByNet},
    {kEveryKind, "netbase", "6.3", kByNet},
    {kEveryKind, "nftables", "0.9.8", kByFw},
    {kEveryKind, "openssh-client", "8.4p1", kBySsh},
    {kEveryKind, "openssh-server", "8.4p1", kBySsh},
    {kEveryKind, "openssl", "1.1.1n", kBySsl},
    {kEveryKind, "passwd", "4.8.1", kByShadow},
    {kEveryKind, "patch", "2.7.6", kByQa},
    {kEveryKind, "pciutils", "3.7.0", kByQa},
    {kEveryKind, "perl-base", "5.32.1", kByPerl},
    {kEveryKind, "procps", "3.3.17", kByQa},
    {kEveryKind, "psmisc", "23.4", kByQa},
    {kEveryKind, "python3", "3.9.2", kByPy},
    {kEveryKind, "python3-minimal", "3.9.2", kByPy},
    {kEveryKind, "readline-common", "8.1", kByPy},
    {kEveryKind, "rsyslog", "8.2102.0", kByQa},
    {kEveryKind, "sed", "4.7", kByQa},
    {kEveryKind, "sensible-utils", "0.0.14", kByQa},
    {kEveryKind, "sudo", "1.9.5p2", kByQa},
    {kEveryKind, "systemd", "247.3", kBySys},
    {kEveryKind, "systemd-sysv", "247.3", kBySys},
    {kEveryKind, "sysvinit-utils", "2.96", kBySys},
    {kEveryKind, "tar", "1.34", kByQa},
    {kEveryKind, "tzdata", "2021a", kByGlibc},
    {kEveryKind, "udev", "247.3", kBySys},
    {kEveryKind, "usbutils", "013", kByQa},
    {kEveryKind, "util-linux", "2.36.1", kByUtilLinux},
    {kEveryKind, "vim-tiny", "8.2.2434", kByVim},
    {kEveryKind, "wget", "1.21", kByQa},
    {kEveryKind, "xz-utils", "5.2.5", kByQa},
    {kEveryKind, "zlib1g", "1.2.11", kByQa},
    {kGateway | kCamera | kIndustrialPc, "nginx", "1.18.0", kByNet},
    {kGateway | kCamera | kIndustrialPc, "nginx-common", "1.18.0", kByNet},
    {kGateway | kSensor, "mosquitto", "2.0.11", kByIot},
    {kGateway | kSensor, "mosquitto-clients", "2.0.11", kByIot},
    {kGateway | kSensor, "libmosquitto1", "2.0.11", kByIot},
    {kGateway, "sqlite3", "3.34.1", kByDb},
    {kGateway, "python3-paho-mqtt", "1.5.1", kByIot},
    {kGateway, "python3-serial", "3.5", kByIot},
    {kGateway | kIndustrialPc, "libmodbus5", "3.1.6", kByIot},
    {kGateway | kIndustrialPc, "python3-yaml", "5.3.1", kByPy},
    {kCamera, "ffmpeg", "4.3.6", kByMedia},
    {kCamera, "libavcodec58", "4.3.6", kByMedia},
    {kCamera, "libavformat58", "4.3.6", kByMedia},
    {kCamera, "v4l-utils", "1.20.0", kByMedia},
    {kCamera, "gstreamer1.0-tools", "1.18.4", kByMedia},
    {kCamera, "gstreamer1.0-plugins-good", "1.18.4", kByMedia},
    {kIndustrialPc, "postgresql-13", "13.11", kByPg},
    {kIndustrialPc, "postgresql-common", "225", kByPg},
    {kIndustrialPc, "libpq5", "13.11", kByPg},
    {kIndustrialPc | kKiosk, "xserver-xorg-core", "1.20.11", kByX},
    {kIndustrialPc | kKiosk, "libx11-6", "1.7.2", kByX},
    {kIndustrialPc | kKiosk, "openbox", "3.6.1", kByX},
    {kKiosk, "chromium", "113.0.5672.126", kByChrom},
    {kKiosk, "chromium-common", "113.0.5672.126", kByChrom},
    {kKiosk, "cups", "2.3.3", kByPrint},
    {kKiosk, "cups-daemon", "2.3.3", kByPrint},
    {kKiosk, "cups-filters", "1.28.7", kByPrint},
    {kKiosk, "libcups2", "2.3.3", kByPrint},
    {kKiosk, "x11-xserver-utils", "7.7", kByX},
    {kKiosk, "fonts-dejavu-core", "2.37", kByX},
    {kSensor, "i2c-tools", "4.2", kByIot},
    {kSensor, "lm-sensors", "3.6.0", kByIot},
    {kSensor, "libcoap2", "4.2.1", kByIot},
};

}  // namespace

std::span<const PackageRow> package_rows() {
    return kPackages;
}

}  // namespace twinstorm::host
