// Carries one conversation over sockets: dials or accepts, shakes hands, reads, writes, hangs up.
//
// Use:    Core visits it on readiness, deadlines and wakes, and asks for deadline() after each
//         visit. A client's connection outlives its sockets, a server's is released with its own.
// Owner:  Core, one heap object each; after abandon() it stays until the turn has ended, since a
//         conversation may remove itself from inside a call. After every call of the conversation
//         gone_ is looked at first. An idle connection owns no buffer.
#pragma once

#include <cstdint>
#include <memory>

#include "asio_net/dialer.h"
#include "asio_net/socket.h"
#include "asio_net/stream.h"
#include "asio_net/ticket.h"
#include "twinstorm/net/loop.h"

namespace twinstorm::asio_net {

class Core;

// What a listener hands to every connection that it accepts.
struct Reception {
    net::Service* service = nullptr;
    const TlsContext* tls = nullptr;  // None: plain.
};

// What a loop hands to every connection that is to be dialled.
struct Call {
    net::Conversation& conversation;
    Target& target;
    const net::ClientCertificate* certificate = nullptr;
    std::unique_ptr<net::Conversation> wrapper{};  // Stands before the conversation, if any.
};

// All that a server's connection takes along to another loop. Dropped on the way, it is closed.
struct Parcel {
    std::unique_ptr<net::Conversation> conversation;
    Socket socket;
    Stream stream;
    Buffer unsent;
    std::size_t unsent_at = 0;
    TimePoint limit = TimePoint::max();
    bool ended = false;
};

class Connection {
public:
    Connection(Core& core, Ticket ticket, Call call);
    Connection(Core& core, Ticket ticket, const Reception& reception);
    Connection(Core& core, Ticket ticket, Parcel& parcel);  // Then arrive().
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void begin_accepted(Socket socket, TimePoint now);
    void begin_dial(TimePoint now);  // Its turn has come, if it still wants one.
    void resolved(TimePoint now);
    void unresolved(const Error& why, TimePoint now);

    void on_deadline(TimePoint now);
    void look(TimePoint now);  // At what the conversation wishes now.
    void abandon();            // Closes; says nothing more to the conversation.

    // To another loop: nothing more is said to the conversation here, once depart() was called;
    // after the turn it is packed, and unpacked there.
    void depart();
    [[nodiscard]] std::unique_ptr<Parcel> pack();
    void arrive(Socket socket, TimePoint now);

    // Another one needs the place of a client that has not shaken hands yet.
    void turn_away(TimePoint now);
    [[nodiscard]] bool unadmitted() const { return server_ && state_ == State::kHandshaking; }

    // The loop's readiness says so; of the socket that it was told about as `watch`. `ended`: the
    // peer sends no more.
    void on_ready(std::uint32_t watch, bool ended, TimePoint now);

    [[nodiscard]] bool gone() const { return gone_; }
    [[nodiscard]] std::optional<TimePoint> deadline() const;

private:
    enum class State : std::uint8_t { kIdle, kQueued, kDialing, kHandshaking, kOpen };

    void dial_next_address(TimePoint now);
    void on_dialled(TimePoint now);
    [[nodiscard]] bool adopt(Socket socket, TimePoint now);
    void start_stream(TimePoint now);
    [[nodiscard]] Result<void> start_layers(int descriptor);
    void handshake(TimePoint now);
    void opened();
    [[nodiscard]] bool admit(TimePoint now);
    void leave_queue();

    void exchange(TimePoint now);
    void read(TimePoint now);
    void ended(TimePoint now);  // The peer sends no more.
    void pump(TimePoint now);
    void nothing_to_send(TimePoint now);
    [[nodiscard]] bool owes_answer() const;
    [[nodiscard]] bool write_pending(TimePoint now);
    void finish(TimePoint now);
    void drop(const Error& why, TimePoint now);
    void close();
    void close_socket();

    [[nodiscard]] bool is_server() const { return server_; }
    [[nodiscard]] bool dialing() const;
    [[nodiscard]] std::string where();

    Core& core_;
    Socket socket_;
    Stream stream_;
    net::Conversation* conversation_ = nullptr;
    std::unique_ptr<net::Conversation> owned_;  // A server's, or what stands before a client's.
    Target* target_ = nullptr;                  // A client's.
    const net::ClientCertificate* certificate_ = nullptr;  // A client's.
    const Reception* reception_ = nullptr;                 // A server's, until it is admitted.
    Buffer unsent_;                                        // What the kernel did not take yet.
    std::size_t unsent_at_ = 0;
    TimePoint limit_ = TimePoint::max();  // Our own deadline in this state.
    const Ticket ticket_;
    std::uint32_t watch_ = 0;       // Tells the events of this socket from those of the one before.
    std::uint16_t address_at_ = 0;  // Of the target's, the one that is being dialled.
    std::uint16_t addresses_tried_ = 0;  // In this dial.
    State state_ = State::kIdle;
    bool in_queue_ : 1 = false;      // The dialer will call; a cancelled wish keeps its place.
    bool in_flight_ : 1 = false;     // Counted by the dialer, or among those to be admitted.
    bool hung_up_ : 1 = false;       // The peer sends no more; its last bytes may still be unread.
    bool more_to_read_ : 1 = false;  // Possibly inside of TLS, where no readiness tells.
    bool ended_ : 1 = false;
    bool server_ : 1 = false;
    bool gone_ : 1 = false;
};

}  // namespace twinstorm::asio_net
