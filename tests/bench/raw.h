// What the two raw programs share: nonblocking sockets, TLS on them or not, and MQTT by hand.
//
// They are the floor that ratios are built on: one thread, epoll, packets encoded once, nothing
// allocated while they run. They are no part of the product and know nothing of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/ssl.h>

namespace twinstorm::bench {

// Ends the program with a sentence; for what a raw program cannot go on after.
[[noreturn]] void give_up(std::string_view what);

[[nodiscard]] std::uint64_t monotonic_ns();
[[nodiscard]] std::uint64_t own_cpu_ns();
[[nodiscard]] std::uint64_t own_memory_bytes();
void raise_file_limit();

// A socket of ours, with or without TLS; results as read() and write() give them.
class Pipe {
public:
    explicit Pipe(int descriptor) : descriptor_(descriptor) {}
    Pipe(Pipe&& other) noexcept;
    Pipe& operator=(Pipe&&) = delete;
    ~Pipe();

    // `context` none: plain.
    void use_tls(SSL_CTX* context, bool server);
    // Whether the handshake is done; else wait for what wants_write() says.
    [[nodiscard]] bool shake_hands();
    [[nodiscard]] bool wants_write() const { return wants_write_; }
    // Bytes moved; 0: not now; -1: the end.
    [[nodiscard]] long read(void* bytes, std::size_t size);
    [[nodiscard]] long write(const void* bytes, std::size_t size);
    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    [[nodiscard]] long result_of(int done);

    int descriptor_;
    SSL* tls_ = nullptr;
    bool shaken_ = true;
    bool wants_write_ = false;
};

// Goes through MQTT packets in a stream and keeps what is incomplete.
class Packets {
public:
    // Calls `packet(type_and_flags, body, size)` for each whole one.
    template <class Packet>
    void feed(const unsigned char* bytes, std::size_t size, const Packet& packet) {
        if (!rest_.empty()) {
            rest_.insert(rest_.end(), bytes, bytes + size);
            const std::size_t used = walk(rest_.data(), rest_.size(), packet);
            rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(used));
            return;
        }
        const std::size_t used = walk(bytes, size, packet);
        rest_.assign(bytes + used, bytes + size);
    }

private:
    template <class Packet>
    static std::size_t walk(const unsigned char* bytes, std::size_t size, const Packet& packet) {
        std::size_t at = 0;
        while (size - at >= 2) {
            std::size_t remaining = 0;
            std::size_t header = 1;
            unsigned shift = 0;
            do {
                if (at + header == size || header > 4) {
                    return at;
                }
                remaining |= static_cast<std::size_t>(bytes[at + header] & 0x7F) << shift;
                shift += 7;
            } while ((bytes[at + header++] & 0x80) != 0);
            if (size - at - header < remaining) {
                return at;
            }
            packet(bytes[at], bytes + at + header, remaining);
            at += header + remaining;
        }
        return at;
    }

    std::vector<unsigned char> rest_;
};

// Packets, encoded once.
[[nodiscard]] std::string connect_packet(std::string_view client_id);
[[nodiscard]] std::string publish_packet(std::string_view topic, std::size_t payload);
// Where the packet identifier stands in publish_packet().
[[nodiscard]] std::size_t packet_id_at(std::string_view topic, std::size_t payload);

}  // namespace twinstorm::bench
