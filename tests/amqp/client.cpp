#include "amqp/client.h"

#include <cstring>

#include <proton/condition.h>
#include <proton/connection.h>
#include <proton/delivery.h>
#include <proton/event.h>
#include <proton/object.h>
#include <proton/terminus.h>
#include <proton/transport.h>

namespace twinstorm::testing {

namespace {

[[nodiscard]] pn_bytes_t bytes(std::string_view text) {
    return pn_bytes(text.size(), text.data());
}

[[nodiscard]] std::string printed(void* object) {
    pn_string_t* const text = pn_string("");
    pn_inspect(object, text);
    std::string result = pn_string_get(text);
    pn_free(text);
    return result;
}

void put_entry(pn_data_t* map, std::string_view key, std::string_view value) {
    pn_data_put_string(map, bytes(key));
    pn_data_put_string(map, bytes(value));
}

[[nodiscard]] int status_of(pn_message_t* message) {
    pn_data_t* const map = pn_message_properties(message);
    pn_data_rewind(map);
    int status = 0;
    if (pn_data_next(map) && pn_data_type(map) == PN_MAP && pn_data_enter(map)) {
        while (pn_data_next(map)) {
            const pn_bytes_t key = pn_data_get_bytes(map);
            const bool is_status = std::string_view(key.start, key.size) == "status-code";
            if (pn_data_next(map) && is_status && pn_data_type(map) == PN_INT) {
                status = pn_data_get_int(map);
            }
        }
    }
    return status;
}

[[nodiscard]] Received decoded(const std::string& encoded) {
    pn_message_t* const message = pn_message();
    Received received;
    if (pn_message_decode(message, encoded.data(), encoded.size()) == 0) {
        received.annotations = printed(pn_message_annotations(message));
        received.delivery_annotations = printed(pn_message_instructions(message));
        received.application = printed(pn_message_properties(message));
        received.body = printed(pn_message_body(message));
        received.properties = printed(message);
        const pn_atom_t id = pn_message_get_correlation_id(message);
        if (id.type == PN_STRING) {
            received.correlation_id.assign(id.u.as_bytes.start, id.u.as_bytes.size);
        }
        received.status = status_of(message);
    }
    pn_message_free(message);
    return received;
}

}  // namespace

Client::Client() {
    pn_connection_driver_init(&driver_, nullptr, nullptr);
    pn_connection_set_container(driver_.connection, "client");
    pn_connection_set_hostname(driver_.connection, "hub1.azure-devices.net");
    pn_connection_open(driver_.connection);
    session_ = pn_session(driver_.connection);
    pn_session_open(session_);
}

Client::~Client() {
    pn_connection_driver_destroy(&driver_);
}

pn_link_t* Client::receiver(const Attachment& attachment) {
    pn_link_t* const link = pn_receiver(session_, attachment.name.c_str());
    pn_terminus_t* const source = pn_link_source(link);
    pn_terminus_set_address(source, attachment.address.c_str());
    pn_terminus_set_address(pn_link_target(link), attachment.name.c_str());
    if (!attachment.filter.empty()) {
        pn_data_t* const filter = pn_terminus_filter(source);
        pn_data_put_map(filter);
        pn_data_enter(filter);
        pn_data_put_symbol(filter, bytes("apache.org:selector-filter:string"));
        pn_data_put_described(filter);
        pn_data_enter(filter);
        pn_data_put_ulong(filter, 0x468C00000004);
        pn_data_put_string(filter, bytes(attachment.filter));
        pn_data_exit(filter);
        pn_data_exit(filter);
    }
    if (attachment.epoch) {
        pn_data_t* const properties = pn_link_properties(link);
        pn_data_put_map(properties);
        pn_data_enter(properties);
        pn_data_put_symbol(properties, bytes("com.microsoft:epoch"));
        pn_data_put_long(properties, *attachment.epoch);
        pn_data_exit(properties);
    }
    if (attachment.settled) {
        pn_link_set_snd_settle_mode(link, PN_SND_SETTLED);
    }
    pn_link_open(link);
    pn_link_flow(link, attachment.credit);
    return link;
}

pn_link_t* Client::sender(const std::string& name, const std::string& address) {
    pn_link_t* const link = pn_sender(session_, name.c_str());
    pn_terminus_set_address(pn_link_target(link), address.c_str());
    pn_link_open(link);
    return link;
}

pn_delivery_t* Client::send(pn_link_t* link, pn_message_t* message) {
    std::string buffer(400'000, '\0');
    std::size_t size = buffer.size();
    pn_message_encode(message, buffer.data(), &size);
    pn_message_free(message);
    static std::uint64_t tag = 0;
    ++tag;
    pn_delivery_t* const delivery =
        pn_delivery(link, pn_dtag(reinterpret_cast<const char*>(&tag), sizeof(tag)));
    pn_link_send(link, buffer.data(), size);
    pn_link_advance(link);
    return delivery;
}

std::vector<Received> Client::received(pn_link_t* link) {
    return std::exchange(received_[link], {});
}

std::string Client::link_error(pn_link_t* link) {
    const char* const name = pn_condition_get_name(pn_link_remote_condition(link));
    return name == nullptr ? "" : name;
}

std::string Client::connection_error() {
    const char* const name =
        pn_condition_get_name(pn_connection_remote_condition(driver_.connection));
    return name == nullptr ? "" : name;
}

bool Client::closed() {
    return (pn_connection_state(driver_.connection) & PN_REMOTE_CLOSED) != 0;
}

std::vector<std::byte> Client::output() {
    std::vector<std::byte> out;
    for (;;) {
        const pn_bytes_t ready = pn_connection_driver_write_buffer(&driver_);
        if (ready.size == 0) {
            return out;
        }
        const auto* const begin = reinterpret_cast<const std::byte*>(ready.start);
        out.insert(out.end(), begin, begin + ready.size);
        pn_connection_driver_write_done(&driver_, ready.size);
    }
}

void Client::input(const std::vector<std::byte>& given) {
    std::size_t taken = 0;
    while (taken < given.size()) {
        const pn_rwbytes_t room = pn_connection_driver_read_buffer(&driver_);
        const std::size_t size = std::min(room.size, given.size() - taken);
        if (size == 0) {
            return;
        }
        std::memcpy(room.start, given.data() + taken, size);
        pn_connection_driver_read_done(&driver_, size);
        taken += size;
        handle_events();
    }
}

void Client::handle_events() {
    while (pn_event_t* const event = pn_connection_driver_next_event(&driver_)) {
        if (pn_event_type(event) == PN_DELIVERY) {
            pn_delivery_t* const delivery = pn_event_delivery(event);
            if (pn_link_is_receiver(pn_delivery_link(delivery))) {
                take(delivery);
            }
        }
    }
}

void Client::take(pn_delivery_t* delivery) {
    pn_link_t* const link = pn_delivery_link(delivery);
    if (pn_link_current(link) != delivery) {
        return;
    }
    std::string& partial = partial_[link];
    const std::size_t before = partial.size();
    partial.resize(before + pn_delivery_pending(delivery));
    pn_link_recv(link, partial.data() + before, partial.size() - before);
    if (pn_delivery_partial(delivery)) {
        return;
    }
    pn_link_advance(link);
    received_[link].push_back(decoded(std::exchange(partial, {})));
    if (settles) {
        pn_delivery_update(delivery, PN_ACCEPTED);
        pn_delivery_settle(delivery);
    }
}

bool carry_once(Client& client, net::ServerConversation& server, TimePoint now) {
    bool moved = false;
    if (const auto bytes = client.output(); !bytes.empty() && server.wants_connection()) {
        server.receive(bytes, now);
        moved = true;
    }
    if (const auto deadline = server.next_deadline(); deadline && *deadline <= now) {
        server.advance(now);
        moved = true;
    }
    Buffer buffer;
    server.take_outgoing(buffer);
    if (!buffer.empty()) {
        server.sent(now);
        client.input(buffer);
        moved = true;
    }
    return moved;
}

void carry(Client& client, net::ServerConversation& server, TimePoint now) {
    while (carry_once(client, server, now)) {
    }
}

pn_message_t* put_token(std::string_view audience, std::string_view token,
                        std::string_view reply_to, std::string_view id, std::string_view type) {
    pn_message_t* const message = pn_message();
    pn_message_set_address(message, "$cbs");
    pn_message_set_reply_to(message, std::string(reply_to).c_str());
    pn_message_set_correlation_id(message, {.type = PN_NULL, .u = {}});
    pn_message_set_id(message, {.type = PN_STRING, .u = {.as_bytes = bytes(id)}});
    pn_data_t* const properties = pn_message_properties(message);
    pn_data_put_map(properties);
    pn_data_enter(properties);
    put_entry(properties, "operation", "put-token");
    put_entry(properties, "type", type);
    put_entry(properties, "name", audience);
    pn_data_exit(properties);
    pn_data_put_string(pn_message_body(message), bytes(token));
    return message;
}

pn_message_t* read_request(std::string_view type, std::string_view name, std::string_view partition,
                           std::string_view reply_to) {
    pn_message_t* const message = pn_message();
    pn_message_set_reply_to(message, std::string(reply_to).c_str());
    pn_message_set_id(message, {.type = PN_STRING, .u = {.as_bytes = bytes("r1")}});
    pn_data_t* const properties = pn_message_properties(message);
    pn_data_put_map(properties);
    pn_data_enter(properties);
    put_entry(properties, "operation", "READ");
    put_entry(properties, "type", type);
    put_entry(properties, "name", name);
    if (!partition.empty()) {
        put_entry(properties, "partition", partition);
    }
    pn_data_exit(properties);
    return message;
}

pn_message_t* cloud_message(std::string_view to, std::string_view body, std::string_view ack) {
    pn_message_t* const message = pn_message();
    pn_message_set_inferred(message, true);
    pn_message_set_address(message, std::string(to).c_str());
    pn_message_set_id(message, {.type = PN_STRING, .u = {.as_bytes = bytes("c2d-1")}});
    pn_data_t* const properties = pn_message_properties(message);
    pn_data_put_map(properties);
    pn_data_enter(properties);
    if (!ack.empty()) {
        put_entry(properties, "iothub-ack", ack);
    }
    put_entry(properties, "color", "red");
    pn_data_exit(properties);
    pn_data_put_binary(pn_message_body(message), bytes(body));
    return message;
}

}  // namespace twinstorm::testing
