#include "support/message_link_world.h"

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>

namespace twinstorm {
namespace {

// Far more than Paho's slowest step, a connect timeout that is looked at every third second.
constexpr std::chrono::seconds kPatience{60};

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

// Two authorities, each with a server certificate; made once for the process.
struct Certificates {
    std::array<std::string, 2> folders;
    std::array<asio_net::CertificateFiles, 2> files;

    Certificates() {
        for (std::size_t at = 0; at < folders.size(); ++at) {
            folders[at] = testing::TempDir() + "twinstorm-link-XXXXXX";
            EXPECT_NE(::mkdtemp(folders[at].data()), nullptr);
            auto made = asio_net::make_certificates(folders[at], {});
            EXPECT_TRUE(made) << made.error().message();
            files[at] = made.value_or(asio_net::CertificateFiles{});
        }
    }
    ~Certificates() {
        for (const std::string& folder : folders) {
            std::error_code ignored;
            std::filesystem::remove_all(folder, ignored);
        }
    }
};

const Certificates& certificates() {
    static const Certificates made;
    return made;
}

std::string ca_file(MessageLinkWorld::Trust trust) {
    switch (trust) {
        case MessageLinkWorld::Trust::kPlain:
            return {};
        case MessageLinkWorld::Trust::kTls:
            return certificates().files[0].ca;
        case MessageLinkWorld::Trust::kTlsWithWrongCa:
            return certificates().files[1].ca;
    }
    return {};
}

std::optional<asio_net::TlsContext> unwrap(Result<asio_net::TlsContext> context) {
    EXPECT_TRUE(context) << context.error().message();
    return std::move(*context);
}

}  // namespace

void RecordingUser::tell(TimePoint now) {
    told.push_back(now);
    if (on_told) {
        on_told();
    }
}

void RecordingUser::on_opened(const net::OpenReply& reply, TimePoint now) {
    opened.push_back(reply);
    if (on_open) {
        on_open();
    }
    tell(now);
}

void RecordingUser::on_subscribed(bool granted, TimePoint now) {
    subscribed.push_back(granted);
    tell(now);
}

void RecordingUser::on_message(const net::Message& message, TimePoint now) {
    messages.push_back(
        {std::string(message.topic),
         {reinterpret_cast<const char*>(message.payload.data()), message.payload.size()},
         message.qos,
         message.duplicate});
    tell(now);
}

void RecordingUser::on_acknowledged(net::PublishId id, TimePoint now) {
    if (acknowledged.empty()) {
        sent_before_first_acknowledged = sent;
    }
    acknowledged.push_back(id);
    tell(now);
}

void RecordingUser::on_sent(TimePoint now) {
    ++sent;
    tell(now);
}

void RecordingUser::on_closed(const Error& why, TimePoint now) {
    closed.push_back(why);
    if (on_close) {
        on_close();
    }
    tell(now);
}

void RecordingUser::advance(TimePoint now) {
    advanced.push_back(now);
    if (deadline && *deadline <= now) {
        deadline.reset();
    }
    if (on_told) {
        on_told();
    }
}

class MessageLinkWorld::Watchdog final : public net::Activity {
public:
    Watchdog(net::Loop& loop, TimePoint deadline) : loop_(loop), deadline_(deadline) {}

    void advance(TimePoint) override {
        deadline_.reset();
        loop_.stop();
    }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return deadline_; }

private:
    net::Loop& loop_;
    std::optional<TimePoint> deadline_;
};

MessageLinkWorld::MessageLinkWorld(LinkKind kind, Trust trust)
    : kind_(std::move(kind)),
      ca_file_(ca_file(trust)),
      client_tls_(trust == Trust::kPlain ? std::nullopt
                                         : unwrap(asio_net::TlsContext::client(ca_file_))),
      server_tls_(trust == Trust::kPlain
                      ? std::nullopt
                      : unwrap(asio_net::TlsContext::server(certificates().files[0].certificate,
                                                            certificates().files[0].key))),
      loop_(std::in_place, clock_,
            asio_net::LoopOptions{client_tls_ ? &*client_tls_ : nullptr, {}, 256, nullptr, true}),
      broker(*loop_) {
    broker.on_heard = [this] { look(); };
    user.on_told = [this] { look(); };
    const bool tls = trust != Trust::kPlain;
    const auto port = loop_->listen({"127.0.0.1", 0, tls ? &*server_tls_ : nullptr}, broker);
    EXPECT_TRUE(port) << port.error().message();
    destination_ = {"127.0.0.1", port.value_or(std::uint16_t{0}), "", tls};
    connect_to(destination_);
}

MessageLinkWorld::~MessageLinkWorld() {
    drop_link();
    loop_.reset();
}

void MessageLinkWorld::connect_to(const net::Destination& destination) {
    drop_link();
    linked_ = kind_.make({clock_, *loop_, destination, ca_file_}, user);
}

void MessageLinkWorld::drop_link() {
    remove(linked_);
}

LinkOnLoop MessageLinkWorld::add_link(net::LinkUser& another) {
    return kind_.make({clock_, *loop_, destination_, ca_file_}, another);
}

void MessageLinkWorld::remove(LinkOnLoop& linked) {
    if (linked.link != nullptr) {
        loop_->remove(linked.handle);
        linked.link.reset();
    }
}

void MessageLinkWorld::open(bool clean_session, std::string password) {
    link().open(
        {"gateway", "hub/gateway", std::move(password), std::chrono::seconds(240), clean_session},
        now());
    loop_->wake(linked_.handle);
}

void MessageLinkWorld::close() {
    link().close(now());
    loop_->wake(linked_.handle);
}

net::PublishId MessageLinkWorld::publish(std::string_view topic, std::string_view payload,
                                         std::uint8_t qos) {
    const auto id = link().publish({topic, bytes_of(payload), qos, false}, now());
    loop_->wake(linked_.handle);
    return id;
}

void MessageLinkWorld::subscribe(std::vector<net::TopicFilter> filters) {
    link().subscribe(filters, now());
    loop_->wake(linked_.handle);
}

bool MessageLinkWorld::run_until(std::function<bool()> done) {
    done_ = std::move(done);
    Watchdog watchdog(*loop_, now() + kPatience);
    const net::Handle handle = loop_->add(watchdog);
    if (!done_()) {
        loop_->run();
    }
    loop_->remove(handle);
    const bool reached = done_();
    done_ = nullptr;
    return reached;
}

testing::AssertionResult MessageLinkWorld::open_and_wait(bool clean_session) {
    const std::size_t opened = user.opened.size();
    const std::size_t closed = user.closed.size();
    open(clean_session);
    const bool answered =
        run_until([&] { return user.opened.size() > opened || user.closed.size() > closed; });
    if (user.opened.size() > opened) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << (answered ? user.closed.back().message() : "no answer");
}

void MessageLinkWorld::run_what_is_posted() {
    loop_->post([this](TimePoint) { loop_->stop(); });
    loop_->run();
}

void MessageLinkWorld::look() {
    if (done_ && done_()) {
        loop_->stop();
    }
}

}  // namespace twinstorm
