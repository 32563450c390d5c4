// `hub`: the mock hub alone, on sockets, until SIGINT or SIGTERM.

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include "cli/commands.h"
#include "cli/scenario_options.h"
#include "cli/text_file.h"
#include "twinstorm/asio_net/asio_loop.h"
#include "twinstorm/asio_net/tls.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/hub/hub.h"
#include "twinstorm/iothub/sas_token.h"
#include "twinstorm/run/machine.h"

namespace twinstorm::cli {
namespace {

namespace json = boost::json;

struct HubOptions {
    std::string bind = "127.0.0.1";
    std::uint16_t mqtts_port = 8883;
    std::uint16_t https_port = 8443;
    std::string host_name = "twinstorm-hub.azure-devices.net";
    std::string certificate;
    std::string key;
    std::string state_dir;
    std::string tier = "S1";
    int units = 1;
    bool no_throttle = false;
    std::string owner_key;
    std::string ready_file;
    bool exit_with_parent = false;
};

std::uint64_t random_seed() {
    std::random_device device;  // The only chance that is not repeatable: keys must not be guessed.
    return (static_cast<std::uint64_t>(device()) << 32) ^ device();
}

Result<asio_net::CertificateFiles> certificates(const HubOptions& options,
                                                const std::string& folder) {
    if (!options.certificate.empty()) {
        return asio_net::CertificateFiles{options.certificate, options.certificate, options.key};
    }
    return asio_net::make_certificates(folder, {options.host_name});
}

json::value ready_document(const HubOptions& options, const hub::Hub& hub,
                           const std::string& ca_file, std::uint16_t mqtts, std::uint16_t https) {
    const std::string host =
        options.bind == "0.0.0.0" || options.bind == "::" ? options.host_name : options.bind;
    return {{"hostname", options.host_name},
            {"mqtts", {{"host", host}, {"port", mqtts}}},
            {"https", {{"host", host}, {"port", https}}},
            {"ca_file", ca_file},
            {"connection_string", hub.connection_string().reveal()},
            {"tier", {{"name", options.tier}, {"units", options.units}}},
            {"admin",
             {{"url", fmt::format("https://{}:{}/admin", host, https)},
              {"token", hub.admin_token().reveal()}}}};
}

// A folder for what the hub makes when the caller names none; removed at the end.
class ScratchFolder {
public:
    ScratchFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "twinstorm-hub-XXXXXX");
        if (mkdtemp(pattern.data()) != nullptr) {
            path_ = pattern;
        }
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

// The service key and the admin token of a state folder: made once, then the same at every start.
Result<void> use_kept_secrets(const std::string& folder, hub::Options& options) {
    const std::string path = folder + "/secrets.json";
    const auto text = read_file(path);
    if (!text) {
        Random random(derive(options.seed, "hub/secrets"));
        const auto key = [&random] {
            std::string bytes;
            while (bytes.size() < 32) {
                bytes.push_back(static_cast<char>(random.bits()));
            }
            return base64_encode(bytes);
        };
        const json::value secrets{{"owner_key", key()}, {"admin_token", key()}};
        if (const auto kept = write_private_file(path, json::serialize(secrets) + "\n"); !kept) {
            return kept;
        }
        return use_kept_secrets(folder, options);
    }
    try {  // Boost.JSON says what is missing or of a wrong type by throwing.
        const json::value secrets = json::parse(*text);
        if (options.owner_key.empty()) {
            options.owner_key = Secret(json::value_to<std::string>(secrets.at("owner_key")));
        }
        options.admin_token = Secret(json::value_to<std::string>(secrets.at("admin_token")));
        return {};
    } catch (const std::exception& error) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} holds no secrets of a hub: {}", path, error.what()));
    }
}

ExitCode serve(const HubOptions& options, const hub::Options& hub_options,
               const std::string& folder) {
    const auto files = certificates(options, folder);
    const auto tls = files ? asio_net::TlsContext::server(files->certificate, files->key)
                           : Result<asio_net::TlsContext>(fail(files.error()));
    if (!tls) {
        say_error(tls.error().message());
        return ExitCode::kCannotServe;
    }
    const RealClock clock;
    asio_net::AsioLoop loop(clock, {});
    hub::Hub hub(hub_options, clock.anchor(), loop);
    if (const auto restored = hub.restore(); !restored) {
        say_error(restored.error().message());
        return ExitCode::kCannotServe;
    }
    const auto mqtts = loop.listen({options.bind, options.mqtts_port, &*tls}, hub.mqtt());
    const auto https = loop.listen_http({options.bind, options.https_port, &*tls}, hub.rest());
    for (const auto* const port : {&mqtts, &https}) {
        if (!*port) {
            say_error(port->error().message());
            return ExitCode::kCannotServe;
        }
    }
    if (!options.ready_file.empty()) {
        const std::string text = json::serialize(
            ready_document(options, hub, std::filesystem::absolute(files->ca), *mqtts, *https));
        // It holds keys: for its owner's eyes only.
        if (const auto written = write_private_file(options.ready_file, text + "\n"); !written) {
            say_error(written.error().message());
            return ExitCode::kCannotServe;
        }
    }
    fmt::print(stderr, "hub {} ({} x {}) listens: mqtts {}:{}, https {}:{}, trust {}\n",
               options.host_name, options.tier, options.units, options.bind, *mqtts, options.bind,
               *https, files->ca);
    loop.on_signal([&loop](int) { loop.stop(); });
    loop.run();
    return ExitCode::kPassed;
}

ExitCode run_hub(const HubOptions& options) {
    if (options.exit_with_parent) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
    }
    static_cast<void>(run::machine_limits());  // Raises the limit of open files.
    const auto tier = iothub::parse_tier(options.tier);
    if (!tier) {
        say_error(tier.error().message());
        return ExitCode::kMistake;
    }
    hub::Options hub_options;
    hub_options.host_name = options.host_name;
    hub_options.tier = *tier;
    hub_options.units = options.units;
    hub_options.owner_key = Secret(options.owner_key);
    hub_options.seed = random_seed();
    hub_options.log = [](std::string_view line) { fmt::print(stderr, "{}\n", line); };
    if (!options.state_dir.empty()) {
        std::error_code error;
        std::filesystem::create_directories(options.state_dir, error);
        hub_options.journal_file = options.state_dir + "/journal.jsonl";
        if (const auto kept = use_kept_secrets(options.state_dir, hub_options); !kept) {
            say_error(kept.error().message());
            return ExitCode::kCannotServe;
        }
        return serve(options, hub_options, options.state_dir);
    }
    const ScratchFolder scratch;
    return serve(options, hub_options, scratch.path());
}

}  // namespace

void add_hub(CLI::App& app, Action& action) {
    CLI::App* const command = app.add_subcommand("hub", "The mock IoT Hub alone, until SIGINT");
    const auto options = std::make_shared<HubOptions>();  // Lives as long as the callback.
    command->add_option("--bind", options->bind, "Address to listen on")->capture_default_str();
    command->add_option("--mqtts-port", options->mqtts_port, "MQTT over TLS; 0 = any free port")
        ->capture_default_str();
    command->add_option("--https-port", options->https_port, "REST; 0 = any free port")
        ->capture_default_str();
    command->add_option("--hostname", options->host_name, "The hub's own name")
        ->capture_default_str();
    auto* const cert = command->add_option("--cert", options->certificate, "Server certificate");
    auto* const key = command->add_option("--key", options->key, "Its private key");
    cert->needs(key);
    key->needs(cert);
    command->add_option("--state-dir", options->state_dir,
                        "Keeps the CA, identities and twins across restarts");
    command->add_option("--tier", options->tier, "F1, S1, S2 or S3")->capture_default_str();
    command->add_option("--units", options->units, "Units of the tier")
        ->capture_default_str()
        ->check(CLI::Range(1, 200));
    command->add_flag("--no-throttle", options->no_throttle,
                      "Accepted for scripts; this hub does not throttle yet");
    command->add_option("--owner-key", options->owner_key, "Key of iothubowner, base64")
        ->envname("TWINSTORM_OWNER_KEY");
    command->add_option("--ready-file", options->ready_file,
                        "Written once every port listens: addresses and credentials as JSON");
    command->add_flag("--exit-with-parent", options->exit_with_parent)->group("");
    command->callback([options, &action] { action = [options] { return run_hub(*options); }; });
}

}  // namespace twinstorm::cli
