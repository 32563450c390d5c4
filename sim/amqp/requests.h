// Requests to `$cbs` and `$management`, and their answers, of one connection.
//
// A request comes on one link and is answered on another one, found by its `reply-to`: the address
// or the name that the client gave to its receiver. Answers may come later; they wait here until
// the conversation takes them to their link.
// Limits: kAnswersMax waiting, kTokensMax tokens.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "amqp/event_link.h"
#include "amqp/grants.h"
#include "amqp/message.h"
#include "amqp/outgoing_message.h"
#include "amqp/shared.h"

namespace twinstorm::amqp {

enum class Node : std::uint8_t { kCbs, kManagement };

struct Reply {
    Node node = Node::kCbs;
    std::string reply_to{};
    Buffer message{};
};

class Requests {
public:
    Requests(Service::Shared& shared, Poke poke, Grants& grants);

    void put(Node node, const Message& request, WallTime now);
    // Everything that was answered since; tokens that were found good are in the grants then.
    [[nodiscard]] std::vector<Reply> take(WallTime now);

private:
    struct Token {
        std::string audience;
        Reply reply;  // Not encoded yet.
        Answer answer;
        Result<WallTime> expiry;
    };
    // Callbacks hold it weakly, as the connection may have gone.
    struct Later {
        std::vector<Reply> replies;
        std::vector<Token> tokens;
    };

    void put_token(const Message& request);
    void read_node(const Message& request);
    void read_hub(const Message& request);
    void read_partition(const Message& request);
    void answer(Reply reply, const Answer& answer);
    void refuse(Node node, const Message& request, int status, std::string_view name,
                std::string why);

    Service::Shared* shared_;
    Poke poke_;
    Grants* grants_;
    std::shared_ptr<Later> later_;  // See Later.
};

}  // namespace twinstorm::amqp
