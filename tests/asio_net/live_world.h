// A live loop on loopback with certificates, a watchdog, and conversations made of hooks.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "twinstorm/asio_net/asio_loop.h"

namespace twinstorm::asio_net {

[[nodiscard]] std::string text_of(std::span<const std::byte> bytes);
[[nodiscard]] Buffer bytes_of(std::string_view text);

// A folder that is gone with the process.
[[nodiscard]] std::string fresh_folder();
// Made once for the process; valid for localhost and the addresses.
[[nodiscard]] const CertificateFiles& certificates();

// A conversation made of hooks; what it hears is kept.
class Talk : public net::ServerConversation {
public:
    std::function<void(Talk&)> on_connected;
    std::function<void(Talk&)> on_receive;
    std::function<void(Talk&)> on_disconnected;
    std::function<void(Talk&)> on_advance;
    std::function<void(Talk&)> on_moved;
    bool wants = true;
    bool accepts = true;
    std::vector<net::Handle> handles;  // After each move.
    std::optional<TimePoint> deadline;

    std::string heard;
    std::vector<Error> ends;
    int times_connected = 0;
    int times_sent = 0;

    void say(std::string_view text);

    [[nodiscard]] bool wants_connection() const override { return wants; }
    void connected(TimePoint now) override;
    void receive(std::span<const std::byte> bytes, TimePoint now) override;
    void disconnected(const Error& why, TimePoint now) override;
    void take_outgoing(Buffer& buffer) override { std::swap(buffer, outgoing_); }
    void sent(TimePoint) override { ++times_sent; }
    void advance(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return deadline; }
    [[nodiscard]] bool accepts_input() const override { return accepts; }
    void moved(net::Handle handle, TimePoint now) override;

private:
    Buffer outgoing_;
};

// A service whose conversations are Talks, dressed by a hook.
class TalkService : public net::Service {
public:
    explicit TalkService(std::function<void(Talk&)> dress) : dress_(std::move(dress)) {}

    std::vector<std::string> peers;
    std::vector<std::vector<std::string>> certificates;  // Of each peer.
    std::vector<net::Handle> handles;
    bool refuses = false;

    std::unique_ptr<net::ServerConversation> accept(net::Handle handle, const net::Peer& peer,
                                                    TimePoint now) override;

private:
    std::function<void(Talk&)> dress_;
};

void echo(Talk& talk);  // Says back all that it hears.

class LiveWorld {
public:
    explicit LiveWorld(LoopOptions options = {});
    ~LiveWorld();

    [[nodiscard]] net::Destination serve(net::Service& service, bool tls);
    [[nodiscard]] net::Destination serve_http(net::HttpHandler& handler, bool tls,
                                              std::vector<WebSocketRoute> routes = {});
    void run();  // Until stop(); a test that takes too long fails.
    // Calls again and again, in turns of their own, until it says true.
    void run_until(std::function<bool()> done);

    const RealClock clock;
    const TlsContext client_tls;
    const TlsContext server_tls;
    std::optional<AsioLoop> loop;
};

// A port that is taken, and where nobody listens.
class ClosedPort {
public:
    ClosedPort();
    ~ClosedPort();
    ClosedPort(const ClosedPort&) = delete;
    ClosedPort& operator=(const ClosedPort&) = delete;
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    int descriptor_;
    std::uint16_t port_ = 0;
};

// A bare blocking socket, for what no conversation of ours would do.
class RawPeer {
public:
    explicit RawPeer(std::uint16_t port);
    ~RawPeer() { close(); }
    RawPeer(const RawPeer&) = delete;
    RawPeer& operator=(const RawPeer&) = delete;

    void send(std::string_view text);
    void finish_sending();
    void close();
    void close_with_reset();
    // Takes what is there without waiting; true once the stream has ended.
    [[nodiscard]] bool receive_until_end(std::string& text);

private:
    int descriptor_ = -1;
};

}  // namespace twinstorm::asio_net
