#include "asio_net/live_world.h"

#include <filesystem>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace twinstorm::asio_net {
namespace {

constexpr std::chrono::seconds kPatience{120};

class Watchdog : public net::Activity {
public:
    Watchdog(AsioLoop& loop, TimePoint now) : loop_(loop), deadline_(now + kPatience) {}

    void advance(TimePoint) override {
        ADD_FAILURE() << "the loop was not stopped in time";
        deadline_.reset();
        loop_.stop();
    }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return deadline_; }

private:
    AsioLoop& loop_;
    std::optional<TimePoint> deadline_;
};

struct Folders {
    std::vector<std::string> made;
    ~Folders() {
        for (const std::string& folder : made) {
            std::error_code ignored;
            std::filesystem::remove_all(folder, ignored);
        }
    }
};

LoopOptions with_tls(LoopOptions options, const TlsContext& tls) {
    options.client_tls = options.client_tls == nullptr ? &tls : options.client_tls;
    return options;
}

}  // namespace

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Buffer bytes_of(std::string_view text) {
    const auto* const bytes = reinterpret_cast<const std::byte*>(text.data());
    return {bytes, bytes + text.size()};
}

std::string fresh_folder() {
    static Folders folders;
    std::string folder = testing::TempDir() + "twinstorm-asio-XXXXXX";
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    folders.made.push_back(folder);
    return folder;
}

const CertificateFiles& certificates() {
    static const CertificateFiles files =
        make_certificates(fresh_folder(), {"hub.example"}).value();
    return files;
}

void Talk::say(std::string_view text) {
    const Buffer bytes = bytes_of(text);
    outgoing_.insert(outgoing_.end(), bytes.begin(), bytes.end());
}

void Talk::connected(TimePoint) {
    ++times_connected;
    if (on_connected) {
        on_connected(*this);
    }
}

void Talk::receive(std::span<const std::byte> bytes, TimePoint) {
    heard += text_of(bytes);
    if (on_receive) {
        on_receive(*this);
    }
}

void Talk::disconnected(const Error& why, TimePoint) {
    ends.push_back(why);
    outgoing_.clear();
    if (on_disconnected) {
        on_disconnected(*this);
    }
}

void Talk::advance(TimePoint) {
    deadline.reset();
    if (on_advance) {
        on_advance(*this);
    }
}

void Talk::moved(net::Handle handle, TimePoint) {
    handles.push_back(handle);
    if (on_moved) {
        on_moved(*this);
    }
}

std::unique_ptr<net::ServerConversation> TalkService::accept(net::Handle handle,
                                                             const net::Peer& peer, TimePoint) {
    peers.push_back(peer.address);
    certificates.push_back(peer.certificates);
    handles.push_back(handle);
    if (refuses) {
        return nullptr;
    }
    auto talk = std::make_unique<Talk>();
    dress_(*talk);
    return talk;
}

void echo(Talk& talk) {
    talk.on_receive = [](Talk& self) { self.say(std::exchange(self.heard, {})); };
}

LiveWorld::LiveWorld(LoopOptions options)
    : client_tls(TlsContext::client(certificates().ca).value()),
      server_tls(TlsContext::server(certificates().certificate, certificates().key).value()) {
    loop.emplace(clock, with_tls(std::move(options), client_tls));
}

LiveWorld::~LiveWorld() = default;

net::Destination LiveWorld::serve(net::Service& service, bool tls) {
    const auto port = loop->listen({"127.0.0.1", 0, tls ? &server_tls : nullptr}, service);
    EXPECT_TRUE(port) << port.error().message();
    return {"127.0.0.1", port.value_or(std::uint16_t{0}), "", tls};
}

net::Destination LiveWorld::serve_http(net::HttpHandler& handler, bool tls,
                                       std::vector<WebSocketRoute> routes) {
    const auto port = loop->listen_http({"127.0.0.1", 0, tls ? &server_tls : nullptr}, handler,
                                        std::move(routes));
    EXPECT_TRUE(port) << port.error().message();
    return {"127.0.0.1", port.value_or(std::uint16_t{0}), "", tls};
}

void LiveWorld::run() {
    Watchdog watchdog(*loop, loop->now());
    const net::Handle handle = loop->add(watchdog);
    loop->run();
    loop->remove(handle);
}

void LiveWorld::run_until(std::function<bool()> done) {
    std::function<void(TimePoint)> ask = [&](TimePoint) {
        done() ? loop->stop() : loop->post(ask);
    };
    loop->post(ask);
    run();
    EXPECT_TRUE(done());  // Nobody else may stop the loop meanwhile.
}

ClosedPort::ClosedPort() : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
}

ClosedPort::~ClosedPort() {
    ::close(descriptor_);
}

RawPeer::RawPeer(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // The kernel accepts for a listener that is not looking yet.
    EXPECT_EQ(::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
}

void RawPeer::send(std::string_view text) {
    EXPECT_EQ(::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
}

void RawPeer::finish_sending() {
    EXPECT_EQ(::shutdown(descriptor_, SHUT_WR), 0);
}

void RawPeer::close() {
    if (descriptor_ >= 0) {
        ::close(std::exchange(descriptor_, -1));
    }
}

void RawPeer::close_with_reset() {
    const linger at_once{1, 0};
    EXPECT_EQ(::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    close();
}

bool RawPeer::receive_until_end(std::string& text) {
    char part[4096];
    for (;;) {
        const ssize_t size = ::recv(descriptor_, part, sizeof part, MSG_DONTWAIT);
        if (size <= 0) {
            return size == 0;
        }
        text.append(part, static_cast<std::size_t>(size));
    }
}

}  // namespace twinstorm::asio_net
