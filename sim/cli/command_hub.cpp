// `hub`: the mock hub alone, on sockets, until SIGINT or SIGTERM.

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include "cli/commands.h"
#include "cli/hub_server.h"
#include "cli/scenario_options.h"
#include "cli/text_file.h"
#include "twinstorm/asio_net/tls.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/events/event.h"
#include "twinstorm/hub/hub.h"
#include "twinstorm/iothub/certificate.h"
#include "twinstorm/iothub/tier.h"
#include "twinstorm/run/machine.h"

namespace twinstorm::cli {
namespace {

namespace json = boost::json;

struct HubOptions {
    std::string bind = "127.0.0.1";
    HubPorts ports;
    std::size_t workers = 1;
    std::string host_name = "twinstorm-hub.azure-devices.net";
    std::string certificate;
    std::string key;
    std::string state_dir;
    std::string tier = "S1";
    int units = 1;
    bool no_throttle = false;
    std::size_t partitions = 4;
    std::chrono::seconds sas_grace{300};
    std::vector<std::string> routes;
    std::vector<std::string> consumer_groups;
    std::vector<std::string> client_cas;
    std::string verdicts = "strict";
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

// The service key, the admin token and the seed of all other keys of a state folder: made once,
// then the same at every start.
Result<void> use_kept_secrets(const std::string& folder, HubServer& server) {
    hub::Options& options = server.hub;
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
        const json::value secrets{
            {"owner_key", key()}, {"admin_token", key()}, {"seed", options.seed}};
        if (const auto kept = write_private_file(path, json::serialize(secrets) + "\n"); !kept) {
            return kept;
        }
        return use_kept_secrets(folder, server);
    }
    try {  // Boost.JSON says what is missing or of a wrong type by throwing.
        const json::value secrets = json::parse(*text);
        if (options.owner_key.empty()) {
            options.owner_key = Secret(json::value_to<std::string>(secrets.at("owner_key")));
        }
        options.admin_token = Secret(json::value_to<std::string>(secrets.at("admin_token")));
        options.seed = json::value_to<std::uint64_t>(secrets.at("seed"));
        server.dps.seed = derive(options.seed, "dps");
        return {};
    } catch (const std::exception& error) {
        return fail(ErrorCode::kInvalidArgument,
                    fmt::format("{} holds no secrets of a hub: {}", path, error.what()));
    }
}

// The CAs whose certificates devices may show.
Result<std::vector<std::string>> read_client_cas(const std::vector<std::string>& files) {
    std::vector<std::string> result;
    for (const std::string& file : files) {
        auto text = read_file(file);
        if (!text) {
            return fail(std::move(text).error());
        }
        if (const auto parsed = iothub::parse_certificate_text(*text); !parsed) {
            return fail(ErrorCode::kInvalidArgument,
                        fmt::format("{}: {}", file, parsed.error().message()));
        }
        result.push_back(*std::move(text));
    }
    return result;
}

ExitCode serve(HubServer server, const HubOptions& options, const std::string& folder) {
    auto files = certificates(options, folder);
    if (!files) {
        say_error(files.error().message());
        return ExitCode::kCannotServe;
    }
    server.certificate = *std::move(files);
    if (options.certificate.empty()) {  // Its own CA may vouch for devices as well.
        auto ca = read_client_cas({server.certificate.ca});
        if (!ca) {
            say_error(ca.error().message());
            return ExitCode::kCannotServe;
        }
        server.hub.client_cas.push_back(std::move(ca->front()));
    }
    if (const auto served = serve_hub(server); !served) {
        say_error(served.error().message());
        return ExitCode::kCannotServe;
    }
    return ExitCode::kPassed;
}

hub::Routes routes_of(const std::vector<std::string>& names) {
    const auto has = [&names](events::Source source) {
        return std::ranges::find(names, events::name(source)) != names.end();
    };
    return {names.empty() || has(events::Source::kTelemetry), has(events::Source::kTwinChange),
            has(events::Source::kDeviceLifecycle), has(events::Source::kDeviceConnectionState)};
}

Result<HubServer> read_server(const HubOptions& options) {
    const auto tier = iothub::parse_tier(options.tier);
    if (!tier) {
        return fail(tier.error());
    }
    auto client_cas = read_client_cas(options.client_cas);
    if (!client_cas) {
        return fail(client_cas.error());
    }
    HubServer server;
    server.bind = options.bind;
    server.ports = options.ports;
    server.workers = std::min(options.workers, options.partitions);
    server.ready_file = options.ready_file;
    server.hub.host_name = options.host_name;
    server.hub.tier = *tier;
    server.hub.units = options.units;
    server.hub.owner_key = Secret(options.owner_key);
    server.hub.seed = random_seed();
    server.hub.partitions = options.partitions;
    server.hub.sas_grace = options.sas_grace;
    server.hub.routes = routes_of(options.routes);
    server.hub.client_cas = *std::move(client_cas);
    server.hub.throttle = !options.no_throttle;
    server.hub.verdicts =
        options.verdicts == "strict" ? defender::Mode::kStrict : defender::Mode::kAsShipped;
    server.hub.consumer_groups.insert(server.hub.consumer_groups.end(),
                                      options.consumer_groups.begin(),
                                      options.consumer_groups.end());
    server.hub.log = [](std::string_view line) { fmt::print(stderr, "{}\n", line); };
    server.dps.hubs = {options.host_name};
    server.dps.seed = derive(server.hub.seed, "dps");
    server.dps.throttle = !options.no_throttle;
    server.dps.sas_grace = options.sas_grace;
    server.dps.log = server.hub.log;
    return server;
}

ExitCode run_hub(const HubOptions& options) {
    if (options.exit_with_parent) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
    }
    static_cast<void>(run::machine_limits());  // Raises the limit of open files.
    auto server = read_server(options);
    if (!server) {
        say_error(server.error().message());
        return ExitCode::kMistake;
    }
    if (!options.state_dir.empty()) {
        std::error_code error;
        std::filesystem::create_directories(options.state_dir, error);
        server->hub.journal_file = options.state_dir + "/journal.jsonl";
        if (const auto kept = use_kept_secrets(options.state_dir, *server); !kept) {
            say_error(kept.error().message());
            return ExitCode::kCannotServe;
        }
        return serve(*std::move(server), options, options.state_dir);
    }
    const ScratchFolder scratch;
    return serve(*std::move(server), options, scratch.path());
}

void add_ports(CLI::App& command, HubPorts& ports) {
    command.add_option("--mqtts-port", ports.mqtts, "MQTT over TLS; 0 = any free port")
        ->capture_default_str();
    command
        .add_option("--https-port", ports.https,
                    "REST, provisioning's too; MQTT and AMQP over WebSocket")
        ->capture_default_str();
    command.add_option("--amqps-port", ports.amqps, "Built-in endpoint and service links")
        ->capture_default_str();
    command.add_option("--dps-port", ports.dps, "Provisioning over MQTT and TLS")
        ->capture_default_str();
    command.add_option("--mqtt-port", ports.mqtt,
                       "MQTT without TLS, for benchmarks; none unless given");
}

}  // namespace

void add_hub(CLI::App& app, Action& action) {
    CLI::App* const command = app.add_subcommand("hub", "The mock IoT Hub alone, until SIGINT");
    const auto options = std::make_shared<HubOptions>();  // Lives as long as the callback.
    command->add_option("--bind", options->bind, "Address to listen on")->capture_default_str();
    add_ports(*command, options->ports);
    command
        ->add_option("--workers", options->workers, "Threads, each with its share of the devices")
        ->capture_default_str()
        ->check(CLI::Range(1, 64));
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
                      "Serves as fast as the machine can, whatever the tier");
    command->add_option("--owner-key", options->owner_key, "Key of iothubowner, base64")
        ->envname("TWINSTORM_OWNER_KEY");
    command->add_option("--ready-file", options->ready_file,
                        "Written once every port listens: addresses and credentials as JSON");
    command->add_option("--partitions", options->partitions, "Of the built-in endpoint")
        ->capture_default_str()
        ->check(CLI::Range(2, 32));
    command->add_option("--consumer-group", options->consumer_groups,
                        "One more beside $Default; may be repeated");
    command
        ->add_option("--route", options->routes,
                     "What goes to the built-in endpoint; may be repeated; telemetry unless given")
        ->check(CLI::IsMember({"Telemetry", "twinChangeEvents", "deviceLifecycleEvents",
                               "deviceConnectionStateEvents"}));
    command
        ->add_option("--client-ca", options->client_cas,
                     "PEM of a CA whose certificates prove CA-signed devices; may be repeated")
        ->check(CLI::ExistingFile);
    command
        ->add_option("--sas-grace", options->sas_grace,
                     "Seconds for which a connection outlives its token")
        ->capture_default_str();
    command
        ->add_option("--verdicts", options->verdicts,
                     "How security messages are judged: strict or as-shipped")
        ->capture_default_str()
        ->check(CLI::IsMember({"strict", "as-shipped"}));
    command->add_flag("--exit-with-parent", options->exit_with_parent)->group("");
    command->callback([options, &action] { action = [options] { return run_hub(*options); }; });
}

}  // namespace twinstorm::cli
