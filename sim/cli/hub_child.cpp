#include "cli/hub_child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "twinstorm/base/units.h"

extern char** environ;

namespace twinstorm::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kPollInterval = 5ms;
constexpr int kPollsMax = 4'000;  // Twenty seconds for keys, certificates and ports.

Result<int> spawn(const std::vector<std::string>& arguments, const std::string& log) {
    std::vector<char*> pointers;
    pointers.reserve(arguments.size() + 1);
    for (const std::string& argument : arguments) {
        pointers.push_back(const_cast<char*>(argument.c_str()));  // exec() does not write to them.
    }
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    // A group of its own: a Ctrl-C is for the run, which still needs its hub to end in good order.
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    pid_t process = -1;
    const int error =
        posix_spawn(&process, "/proc/self/exe", &files, &attributes, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) {
        return fail(ErrorCode::kExhausted,
                    fmt::format("cannot start the mock hub: {}", std::strerror(error)));
    }
    return process;
}

// Why the hub ended: its last line, without our own name in front.
std::string last_words(const std::string& log) {
    std::ifstream file(log);
    std::string last;
    for (std::string line; std::getline(file, line);) {
        last = line.empty() ? last : line;
    }
    constexpr std::string_view kName = "twinstorm: ";
    if (last.starts_with(kName)) {
        last.erase(0, kName.size());
    }
    return last.empty() ? "it did not say why" : last;
}

// Nobody reads the built-in endpoint during a run: changes of twins need not be put there.
std::vector<std::string> arguments_of(const plan::MockHub& mock, const std::string& ready_file) {
    std::vector<std::string> words{"twinstorm", "hub", "--bind", "127.0.0.1"};
    const auto add = [&words](std::string name, std::string value) {
        words.push_back(std::move(name));
        words.push_back(std::move(value));
    };
    for (const char* port : {"--mqtts-port", "--https-port", "--amqps-port", "--dps-port"}) {
        add(port, "0");
    }
    add("--tier", std::string(iothub::name(mock.tier)));
    add("--units", std::to_string(mock.units));
    add("--partitions", std::to_string(mock.partitions));
    add("--workers", std::to_string(mock.workers));
    add("--verdicts", mock.verdicts == plan::Verdicts::kStrict ? "strict" : "as-shipped");
    add("--route", "Telemetry");
    add("--ready-file", ready_file);
    if (!mock.throttle) {
        words.emplace_back("--no-throttle");
    }
    words.emplace_back("--exit-with-parent");
    return words;
}

}  // namespace

Result<HubChild> HubChild::start(const plan::MockHub& mock, const std::string& log) {
    std::string folder = std::filesystem::temp_directory_path() / "twinstorm-run-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) {
        return fail(ErrorCode::kIo,
                    fmt::format("cannot make a folder like {}: {}", folder, std::strerror(errno)));
    }
    const std::string ready_file = folder + "/ready.json";
    const auto process = spawn(arguments_of(mock, ready_file), log);
    if (!process) {
        return fail(process.error());
    }
    HubChild child(*process, folder);
    for (int poll = 0; poll < kPollsMax; ++poll) {
        if (std::filesystem::exists(ready_file)) {
            auto ready = run::read_ready_file(ready_file);
            if (!ready) {
                return fail(ready.error());
            }
            child.ready_ = std::move(*ready);
            child.ready_.target.hub_process = *process;
            run::use_tier(mock, "embedded", child.ready_.target);
            return child;
        }
        int status = 0;
        if (waitpid(*process, &status, WNOHANG) == *process) {
            child.process_ = -1;
            return fail(ErrorCode::kExhausted, "the mock hub could not start: " + last_words(log));
        }
        std::this_thread::sleep_for(kPollInterval);
    }
    return fail(ErrorCode::kTimedOut, "the mock hub did not listen within 20 s");
}

HubChild::HubChild(HubChild&& other) noexcept
    : process_(std::exchange(other.process_, -1)),
      folder_(std::exchange(other.folder_, {})),
      ready_(std::move(other.ready_)) {}

HubChild::~HubChild() {
    if (process_ > 0) {
        kill(process_, SIGTERM);
        kill(process_, SIGCONT);  // A stopped one could not end.
        waitpid(process_, nullptr, 0);
    }
    if (!folder_.empty()) {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
}

}  // namespace twinstorm::cli
