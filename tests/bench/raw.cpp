#include "raw.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <utility>

#include <fmt/format.h>

namespace twinstorm::bench {
namespace {

std::uint64_t clock_ns(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec);
}

std::string field(std::string_view text) {
    std::string result;
    result += static_cast<char>(text.size() >> 8);
    result += static_cast<char>(text.size() & 0xFF);
    return result += text;
}

std::string packet(char type, const std::string& body) {
    std::string result(1, type);
    std::size_t left = body.size();
    do {
        const auto digit = static_cast<unsigned char>(left & 0x7F);
        left >>= 7;
        result += static_cast<char>(left > 0 ? digit | 0x80 : digit);
    } while (left > 0);
    return result + body;
}

}  // namespace

void give_up(std::string_view what) {
    fmt::print(stderr, "{}\n", what);
    std::exit(1);
}

std::uint64_t monotonic_ns() {
    return clock_ns(CLOCK_MONOTONIC);
}

std::uint64_t own_cpu_ns() {
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

std::uint64_t own_memory_bytes() {
    std::uint64_t pages = 0;
    std::uint64_t resident = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void raise_file_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

Pipe::Pipe(Pipe&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      tls_(std::exchange(other.tls_, nullptr)),
      shaken_(other.shaken_),
      wants_write_(other.wants_write_) {}

Pipe::~Pipe() {
    SSL_free(tls_);
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

void Pipe::use_tls(SSL_CTX* context, bool server) {
    if (context == nullptr) {
        return;
    }
    tls_ = SSL_new(context);
    SSL_set_fd(tls_, descriptor_);
    server ? SSL_set_accept_state(tls_) : SSL_set_connect_state(tls_);
    shaken_ = false;
}

bool Pipe::shake_hands() {
    if (shaken_) {
        return true;
    }
    const int done = SSL_do_handshake(tls_);
    shaken_ = done == 1;
    if (!shaken_ && result_of(done) < 0) {
        give_up("the TLS handshake failed");
    }
    return shaken_;
}

long Pipe::result_of(int done) {
    const int why = SSL_get_error(tls_, done);
    wants_write_ = why == SSL_ERROR_WANT_WRITE;
    return wants_write_ || why == SSL_ERROR_WANT_READ ? 0 : -1;
}

long Pipe::read(void* bytes, std::size_t size) {
    if (tls_ != nullptr) {
        const int done = SSL_read(tls_, bytes, static_cast<int>(size));
        return done > 0 ? done : result_of(done);
    }
    const long done = ::read(descriptor_, bytes, size);
    if (done > 0) {
        return done;
    }
    return done < 0 && errno == EAGAIN ? 0 : -1;
}

long Pipe::write(const void* bytes, std::size_t size) {
    if (tls_ != nullptr) {
        const int done = SSL_write(tls_, bytes, static_cast<int>(size));
        return done > 0 ? done : result_of(done);
    }
    const long done = ::write(descriptor_, bytes, size);
    if (done >= 0) {
        return done;
    }
    return errno == EAGAIN ? 0 : -1;
}

std::string connect_packet(std::string_view client_id) {
    std::string body = field("MQTT");
    body += '\x04';  // MQTT 3.1.1.
    body += '\x02';  // A clean session.
    body += '\0';
    body += '\xF0';  // Keep-alive 240 s.
    return packet('\x10', body + field(client_id));
}

std::string publish_packet(std::string_view topic, std::size_t payload) {
    return packet('\x32', field(topic) + std::string(2, '\0') + std::string(payload, 'x'));
}

std::size_t packet_id_at(std::string_view topic, std::size_t payload) {
    return publish_packet(topic, payload).size() - payload - 2;
}

}  // namespace twinstorm::bench
