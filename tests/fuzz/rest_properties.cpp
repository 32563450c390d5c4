#include "fuzz/rest_properties.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/parse.hpp>

#include "asio_net/http_service.h"
#include "asio_net/limits.h"
#include "support/hub_fixture.h"
#include "twinstorm/iothub/connection_string.h"
#include "twinstorm/iothub/percent.h"

namespace twinstorm::fuzz {
namespace {

using namespace std::chrono_literals;
using testing::HubFixture;

constexpr std::size_t kHeaderBytes = 2;
constexpr std::size_t kConnectionsMax = 8;
// A method waits for its device's connection and for its answer, five minutes each at most; then
// an idle connection is closed.
constexpr Duration kAllIsAnswered = 600s + asio_net::kHttpServerIdleTimeout + 1s;
constexpr std::size_t kAnswerBytesMax = std::size_t{1} << 20;  // The largest: a list of devices.
constexpr unsigned kBadGateway = 502;
constexpr unsigned kGatewayTimeout = 504;

struct Flags {
    bool owner = false;
    bool admin = false;
    bool module_online = false;
    bool two_loops = false;
};

Flags flags_of(std::byte byte) {
    const auto bit = [byte](int number) {
        return (std::to_integer<unsigned>(byte) >> number & 1U) != 0;
    };
    return {bit(0), bit(1), bit(2), bit(3)};
}

// Between the connection and the hub: sees each answer.
class Witness final : public net::HttpHandler {
public:
    Witness(net::HttpHandler& hub, bool methods_may_fail)
        : hub_(hub), methods_may_fail_(methods_may_fail) {}

    void handle(net::HttpRequest request, net::HttpReply reply, TimePoint now) override {
        const std::size_t number = answers_.size();
        answers_.push_back(0);
        hub_.handle(
            std::move(request),
            [this, number, reply = std::move(reply)](const net::HttpResponse& response) {
                judge(response);
                if (++answers_[number] > 1) {
                    breach("a request is answered twice");
                }
                reply(response);
            },
            now);
    }

    [[nodiscard]] bool all_answered() const {
        return std::ranges::all_of(answers_, [](int times) { return times == 1; });
    }
    [[nodiscard]] const Verdict& verdict() const { return verdict_; }

private:
    void judge(const net::HttpResponse& response) {
        const bool by_method = methods_may_fail_ && (response.status == kBadGateway ||
                                                     response.status == kGatewayTimeout);
        if (response.status < 200 || (response.status >= 500 && !by_method)) {
            breach("the hub answers with status " + std::to_string(response.status));
        }
        const auto type = net::find_header(response.headers, "Content-Type");
        boost::json::error_code error;
        static_cast<void>(boost::json::parse(response.body, error));
        if (type.starts_with("application/json") && !response.body.empty() && error) {
            breach("an answer is no JSON: " + response.body);
        }
        for (const auto& [name, value] : response.headers) {
            if (value.find_first_of("\r\n") != std::string::npos) {
                breach("an answer's header " + name + " has more than one line");
            }
        }
    }

    void breach(std::string what) {
        if (!verdict_) {
            verdict_ = std::move(what);
        }
    }

    net::HttpHandler& hub_;
    bool methods_may_fail_;
    std::vector<int> answers_;  // To each request, in order.
    Verdict verdict_;
};

class Scene {
public:
    explicit Scene(Flags flags)
        : flags_(flags),
          hub_({}, flags.two_loops ? 2 : 1),
          witness_(hub_.hub->rest(), flags.module_online),
          service_(witness_, hub_.loop, {}, kConnectionsMax) {
        hub_.create_gateway();
        if (flags.module_online && !flags.two_loops) {
            module_ = hub_.online(testing::kAgent, true);
            module_->send(testing::subscribe(2, {{"$iothub/methods/POST/#", 0}}));
            static_cast<void>(module_->answers());
        }
        const net::Handle handle = hub_.loop.reserve();
        connection_ = service_.accept(handle, {"127.0.0.1:1234"}, hub_.loop.now());
        hub_.loop.attach(handle, *connection_);
        handle_ = handle;
    }
    ~Scene() { hub_.loop.remove(handle_); }
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    Verdict run(std::string_view stream, std::size_t piece_bytes) {
        const std::string text = with_authorization(stream);
        std::string_view left = text;
        while (!left.empty() && connection_->wants_connection()) {
            const std::string_view piece =
                left.substr(0, piece_bytes == 0 ? left.size() : piece_bytes);
            left.remove_prefix(piece.size());
            // Memory of its own, gone afterwards: a view kept too long is seen by a sanitizer.
            const std::vector<char> memory(piece.begin(), piece.end());
            connection_->receive(std::as_bytes(std::span(memory)), hub_.loop.now());
            hub_.settle();
            listen();
        }
        pass(kAllIsAnswered);
        listen();
        if (connection_->wants_connection()) {
            breach("a connection is neither answered nor closed");
        }
        if (!witness_.all_answered()) {
            breach("a request was never answered");
        }
        if (!verdict_) {
            verdict_ = witness_.verdict();
        }
        return verdict_ ? verdict_ : check_hub_state();
    }

private:
    std::string with_authorization(std::string_view stream) {
        constexpr std::string_view kLineEnd = " HTTP/1.1\r\n";
        std::string text(stream);
        if (!flags_.owner && !flags_.admin) {
            return text;
        }
        const auto owner = iothub::ConnectionString::parse(hub_.hub->connection_string().reveal());
        const std::string header =
            "Authorization: " +
            (flags_.admin ? "Bearer " + hub_.hub->admin_token().reveal()
                          : hub_.service_token(owner->policy, owner->key.reveal())) +
            "\r\n";
        for (std::size_t at = text.find(kLineEnd); at != std::string::npos;
             at = text.find(kLineEnd, at + kLineEnd.size())) {
            text.insert(at + kLineEnd.size(), header);
        }
        return text;
    }

    void listen() {
        Buffer bytes;
        connection_->take_outgoing(bytes);
        connection_->sent(hub_.loop.now());
        const std::string_view said(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        if (!said.empty() && !said.starts_with("HTTP/1.1 ")) {
            breach("an answer does not begin as one");
        }
        if (said.size() > asio_net::kHttpAnswerBytesMax + kAnswerBytesMax) {
            breach("more waits for a peer than its limit and one answer");
        }
    }

    void pass(Duration duration) {
        hub_.loop.pass(duration);
        for (const auto& loop : hub_.other_loops) {
            loop->pass(duration);
        }
        hub_.settle();
    }

    Verdict check_hub_state() {
        const testing::RestAnswer list = hub_.rest("GET", "/devices");
        if (list.status != 200 || !list.body.is_array()) {
            return "the hub lists its devices no more";
        }
        for (const auto& device : list.body.as_array()) {
            const std::string path =
                iothub::percent_encode(device.at("deviceId").as_string().c_str());
            const testing::RestAnswer twin = hub_.rest("GET", "/twins/" + path);
            if (twin.status != 200 || !twin.body.is_object()) {
                return "the hub does not show the twin of a device that it lists: " + path;
            }
        }
        return std::nullopt;
    }

    void breach(std::string what) {
        if (!verdict_) {
            verdict_ = std::move(what);
        }
    }

    Flags flags_;
    HubFixture hub_;
    std::unique_ptr<testing::HubClient> module_;
    Witness witness_;
    asio_net::HttpService service_;
    net::Handle handle_ = 0;
    std::unique_ptr<net::ServerConversation> connection_;
    Verdict verdict_;
};

}  // namespace

Verdict check_rest(std::span<const std::byte> input) {
    if (input.size() < kHeaderBytes) {
        return std::nullopt;
    }
    const auto bytes = input.subspan(kHeaderBytes);
    const std::string_view stream(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return Scene(flags_of(input[0])).run(stream, std::to_integer<std::size_t>(input[1]));
}

}  // namespace twinstorm::fuzz
