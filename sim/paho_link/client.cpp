#include "paho_link/client.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include <fmt/format.h>
#include <mqtt/async_client.h>
#include <openssl/err.h>

#include "paho_link/limits.h"

namespace twinstorm::paho_link {
namespace {

std::string uri(const net::Destination& destination) {
    const bool ipv6 = destination.host.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", destination.tls ? "ssl" : "tcp", ipv6 ? "[" : "",
                       destination.host, ipv6 ? "]" : "", destination.port);
}

::mqtt::create_options create_options() {
    ::mqtt::create_options options(MQTTVERSION_3_1_1, kInFlightMax);
    // What could not be sent is the link's to keep: Paho would send stale QoS 0 messages, too.
    options.set_send_while_disconnected(false);
    return options;
}

::mqtt::ssl_options ssl_options(const std::string& ca_file) {
    ::mqtt::ssl_options options;
    if (!ca_file.empty()) {
        options.set_trust_store(ca_file);
    }
    options.set_enable_server_cert_auth(true);
    options.set_verify(true);  // The host in the URI must be one of the certificate's.
    // No set_error_handler(): in Paho C++ 1.2 its context is a copy of these options that is gone
    // once connect() has returned.
    return options;
}

ErrorCode code_of(int paho_code) {
    switch (paho_code) {
        case MQTTASYNC_DISCONNECTED:
            return ErrorCode::kClosedByPeer;
        case MQTTASYNC_MAX_BUFFERED_MESSAGES:
        case MQTTASYNC_MAX_MESSAGES_INFLIGHT:
        case MQTTASYNC_NO_MORE_MSGIDS:
            return ErrorCode::kLimitExceeded;
        case MQTTASYNC_BAD_UTF8_STRING:
        case MQTTASYNC_BAD_PROTOCOL:
        case MQTTASYNC_TOPICNAME_TRUNCATED:
            return ErrorCode::kInvalidArgument;
        default:
            return ErrorCode::kInternal;
    }
}

// Paho's exceptions end here.
template <class Call>
Result<void> guarded(std::string_view what, const Call& call) {
    try {
        call();
        return {};
    } catch (const ::mqtt::exception& error) {
        return fail(code_of(error.get_return_code()),
                    fmt::format("Paho could not {}: {}", what, error.what()));
    } catch (const std::exception& error) {
        return fail(ErrorCode::kInternal, fmt::format("Paho could not {}: {}", what, error.what()));
    }
}

// Paho stops its threads with its last client, and lets the caller wait for up to a second. One
// client that never connects keeps them, so that no worker's loop stands still for a link that
// ends. It is never destroyed, since the process would wait for it in vain; volatile keeps the
// pointer where a leak checker sees it.
void keep_threads() {
    static const ::mqtt::async_client* volatile const keeper =
        new ::mqtt::async_client("tcp://127.0.0.1:1", "keeper");
    static_cast<void>(keeper);
}

void* as_context(std::uint32_t number) {
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(number));
}

std::uint32_t number_of(const ::mqtt::token& token) {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(token.get_user_context()));
}

// Paho clears OpenSSL's queue of this thread before each call of TLS, and so does the last line
// here: what is in it belongs to the failure that Paho tells of.
bool take_tls_error() {
    const bool any = ERR_peek_error() != 0;
    ERR_clear_error();
    return any;
}

// The words of Paho's C library are in the exception only.
Event outcome_of(const ::mqtt::token& token) {
    try {
        return Opened{token.get_connect_response().is_session_present()};
    } catch (const ::mqtt::exception& error) {
        return OpenFailed{error.get_return_code(), error.get_message(), take_tls_error()};
    }
}

}  // namespace

// Turns Paho's callbacks into events. They run inside Paho's C code: nothing may be thrown.
class Client::Paho final : public ::mqtt::iaction_listener {
public:
    Paho(const Options& options, const std::string& client_id, Sink sink)
        : sink_(std::move(sink)),
          ca_file_(options.ca_file),
          tls_(options.destination.tls),
          client_(uri(options.destination), client_id, create_options()) {
        client_.set_connection_lost_handler([this](const std::string&) noexcept {
            ERR_clear_error();
            say(Lost{});
        });
        client_.set_message_callback([this](const ::mqtt::const_message_ptr& message) noexcept {
            say(Arrived{message->get_topic(), message->get_payload(),
                        static_cast<std::uint8_t>(message->get_qos()), message->is_duplicate()});
        });
    }

    void mute() { muted_ = true; }
    void connect(const net::OpenRequest& request, std::uint32_t connection);
    void subscribe(std::span<const net::TopicFilter> filters);
    ::mqtt::async_client& client() { return client_; }

    void on_success(const ::mqtt::token& token) noexcept override;
    void on_failure(const ::mqtt::token& token) noexcept override;

private:
    void say(Event event) noexcept {
        if (!muted_) {
            sink_(connection_, std::move(event));
        }
    }
    void say_subscribed(const ::mqtt::token& token, bool granted) noexcept {
        if (number_of(token) == connection_) {  // Else: asked for on a connection that was lost.
            say(Subscribed{granted});
        }
    }

    Sink sink_;
    std::string ca_file_;
    bool tls_;
    // Read by Paho's threads.
    std::atomic<std::uint32_t> connection_ = 0;
    std::atomic<bool> muted_ = false;
    ::mqtt::async_client client_;  // Last: its destructor may still call the above.
};

void Client::Paho::connect(const net::OpenRequest& request, std::uint32_t connection) {
    ::mqtt::connect_options options;
    options.set_mqtt_version(MQTTVERSION_3_1_1);
    options.set_clean_session(request.clean_session);
    options.set_keep_alive_interval(request.keep_alive);
    options.set_connect_timeout(kConnectTimeout);
    options.set_max_inflight(kInFlightMax);
    options.set_automatic_reconnect(false);
    options.set_user_name(request.user_name);
    if (!request.password.empty()) {
        options.set_password(request.password);
    }
    if (tls_) {
        options.set_ssl(ssl_options(ca_file_));
    }
    connection_ = connection;
    // Waits for Paho's lock. The callback that told of the last connection's end may still be under
    // it, and looks at what connect() is about to set, without a lock: it would call this attempt a
    // failure.
    static_cast<void>(client_.is_connected());
    client_.connect(std::move(options), as_context(connection), *this);
}

void Client::Paho::subscribe(std::span<const net::TopicFilter> filters) {
    // Paho takes its share of the names and keeps it until the SUBACK.
    auto names = std::make_shared<::mqtt::string_collection>();
    ::mqtt::async_client::qos_collection qos;
    for (const net::TopicFilter& filter : filters) {
        names->push_back(std::string(filter.filter));
        qos.push_back(filter.qos);
    }
    client_.subscribe(names, qos, as_context(connection_), *this);
}

void Client::Paho::on_success(const ::mqtt::token& token) noexcept {
    switch (token.get_type()) {
        case ::mqtt::token::CONNECT:
            say(outcome_of(token));
            break;
        case ::mqtt::token::SUBSCRIBE: {
            const auto codes = token.get_subscribe_response().get_reason_codes();
            say_subscribed(token, std::ranges::none_of(codes, [](::mqtt::ReasonCode code) {
                               return code == MQTT_BAD_SUBSCRIBE;
                           }));
            break;
        }
        case ::mqtt::token::PUBLISH:
            if (number_of(token) != 0) {
                say(Acknowledged{number_of(token)});
            }
            break;
        case ::mqtt::token::DISCONNECT:
            say(Disconnected{});
            break;
        case ::mqtt::token::UNSUBSCRIBE:
            break;
    }
}

void Client::Paho::on_failure(const ::mqtt::token& token) noexcept {
    switch (token.get_type()) {
        case ::mqtt::token::CONNECT:
            say(outcome_of(token));
            break;
        case ::mqtt::token::SUBSCRIBE:
            if (token.get_return_code() == MQTT_BAD_SUBSCRIBE) {  // Else the connection is gone.
                say_subscribed(token, false);
            }
            break;
        case ::mqtt::token::PUBLISH:
            if (number_of(token) != 0) {
                say(NotDelivered{number_of(token)});
            }
            break;
        case ::mqtt::token::DISCONNECT:
            say(Disconnected{});
            break;
        case ::mqtt::token::UNSUBSCRIBE:
            break;
    }
}

Client::Client(std::unique_ptr<Paho> paho) : paho_(std::move(paho)) {}

Client::~Client() {
    paho_->mute();
}

Result<std::unique_ptr<Client>> Client::make(const Options& options, const std::string& client_id,
                                             Sink sink) {
    std::unique_ptr<Client> client;
    const auto made = guarded("make a client", [&] {
        keep_threads();
        client.reset(new Client(std::make_unique<Paho>(options, client_id, std::move(sink))));
    });
    if (!made) {
        return fail(made.error());
    }
    return client;
}

Result<void> Client::connect(const net::OpenRequest& request, std::uint32_t connection) {
    return guarded("connect", [&] { paho_->connect(request, connection); });
}

// At once: what the server has not acknowledged is sent again after the next connect().
Result<void> Client::disconnect() {
    return guarded("disconnect", [&] { paho_->client().disconnect(0, nullptr, *paho_); });
}

Result<void> Client::subscribe(std::span<const net::TopicFilter> filters) {
    return guarded("subscribe", [&] { paho_->subscribe(filters); });
}

Result<void> Client::publish(net::PublishId id, const ::mqtt::const_message_ptr& message) {
    return guarded("publish", [&] { paho_->client().publish(message, as_context(id), *paho_); });
}

}  // namespace twinstorm::paho_link
