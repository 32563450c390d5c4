#include "cli/front_service.h"

#include <utility>

namespace twinstorm::cli {
namespace {

// Stands in until the connection has arrived, then passes everything on.
class Carried final : public net::ServerConversation {
public:
    Carried(net::Handle handle, net::Peer peer, net::Loop& here, net::Loop& there,
            net::Service& service)
        : handle_(handle), peer_(std::move(peer)), here_(here), there_(there), service_(service) {}

    [[nodiscard]] bool wants_connection() const override {
        return inner_ == nullptr ? !refused_ : inner_->wants_connection();
    }
    [[nodiscard]] bool accepts_input() const override {
        return inner_ != nullptr && inner_->accepts_input();
    }
    void connected(TimePoint) override { here_.hand_over(handle_, there_); }
    void moved(net::Handle handle, TimePoint now) override {
        inner_ = service_.accept(handle, peer_, now);
        refused_ = inner_ == nullptr;
        if (!refused_) {
            inner_->connected(now);
        }
    }
    void receive(std::span<const std::byte> bytes, TimePoint now) override {
        if (inner_ != nullptr) {
            inner_->receive(bytes, now);
        }
    }
    void disconnected(const Error& why, TimePoint now) override {
        if (inner_ != nullptr) {
            inner_->disconnected(why, now);
        }
    }
    void take_outgoing(Buffer& buffer) override {
        if (inner_ != nullptr) {
            inner_->take_outgoing(buffer);
        }
    }
    void sent(TimePoint now) override {
        if (inner_ != nullptr) {
            inner_->sent(now);
        }
    }
    void advance(TimePoint now) override {
        if (inner_ != nullptr) {
            inner_->advance(now);
        }
    }
    [[nodiscard]] std::optional<TimePoint> next_deadline() const override {
        return inner_ == nullptr ? std::nullopt : inner_->next_deadline();
    }

private:
    net::Handle handle_;
    net::Peer peer_;
    net::Loop& here_;
    net::Loop& there_;
    net::Service& service_;
    bool refused_ = false;
    std::unique_ptr<net::ServerConversation> inner_;
};

}  // namespace

std::unique_ptr<net::ServerConversation> FrontService::accept(net::Handle handle,
                                                              const net::Peer& peer, TimePoint) {
    return std::make_unique<Carried>(handle, peer, here_, there_, service_);
}

}  // namespace twinstorm::cli
