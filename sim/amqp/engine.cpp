#include "amqp/engine.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include <proton/condition.h>
#include <proton/connection.h>
#include <proton/logger.h>
#include <proton/transport.h>

#include "amqp/limits.h"
#include "twinstorm/base/check.h"

namespace twinstorm::amqp {

namespace {

// Proton takes 0 for "never".
[[nodiscard]] pn_timestamp_t to_proton(TimePoint instant) {
    return std::chrono::floor<std::chrono::milliseconds>(instant.time_since_epoch()).count() + 1;
}

[[nodiscard]] TimePoint from_proton(pn_timestamp_t instant) {
    return TimePoint(std::chrono::milliseconds(instant - 1));
}

}  // namespace

Engine::Engine(const std::string& container_id) {
    TWINSTORM_CHECK(pn_connection_driver_init(&driver_, nullptr, nullptr) == 0);
    // It would write what peers do wrong to standard error.
    pn_logger_reset_mask(pn_transport_logger(driver_.transport), PN_SUBSYSTEM_ALL, PN_LEVEL_ALL);
    pn_transport_set_server(driver_.transport);
    pn_transport_set_max_frame(driver_.transport, kFrameBytesMax);
    pn_transport_set_channel_max(driver_.transport, kChannelMax);
    const std::chrono::milliseconds silence = kSilenceMax;
    pn_transport_set_idle_timeout(driver_.transport, static_cast<pn_millis_t>(silence.count()));
    pn_connection_set_container(driver_.connection, container_id.c_str());
    TWINSTORM_CHECK(pn_connection_driver_bind(&driver_) == 0);
}

Engine::~Engine() {
    pn_connection_driver_destroy(&driver_);
}

void Engine::feed(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const pn_rwbytes_t room = pn_connection_driver_read_buffer_sized(&driver_, bytes.size());
        const std::size_t size = std::min(room.size, bytes.size());
        if (size == 0) {
            return;  // It has failed, and reads no more.
        }
        std::memcpy(room.start, bytes.data(), size);
        pn_connection_driver_read_done(&driver_, size);
        bytes = bytes.subspan(size);
    }
}

void Engine::take(Buffer& out, std::size_t bytes_max) {
    while (out.size() < bytes_max) {
        const pn_bytes_t ready = pn_connection_driver_write_buffer(&driver_);
        if (ready.size == 0) {
            return;
        }
        const std::size_t size = std::min(ready.size, bytes_max - out.size());
        const auto* const bytes = reinterpret_cast<const std::byte*>(ready.start);
        out.insert(out.end(), bytes, bytes + size);
        pn_connection_driver_write_done(&driver_, size);
    }
}

std::optional<TimePoint> Engine::tick(TimePoint now) {
    const pn_timestamp_t next = pn_transport_tick(driver_.transport, to_proton(now));
    return next == 0 ? std::nullopt : std::optional(from_proton(next));
}

void Engine::close(const Condition& why) {
    if ((pn_connection_state(driver_.connection) & PN_REMOTE_UNINIT) != 0) {
        // Proton holds its CLOSE back until it has seen an OPEN; as an error of the transport, both
        // are sent at once.
        pn_connection_driver_errorf(&driver_, why.name.c_str(), "%s", why.description.c_str());
        pn_connection_driver_read_close(&driver_);
        return;
    }
    set_condition(pn_connection_condition(driver_.connection), why);
    pn_connection_close(driver_.connection);
}

bool Engine::has_failed() const {
    return pn_condition_is_set(pn_transport_condition(driver_.transport)) ||
           pn_connection_driver_read_closed(const_cast<pn_connection_driver_t*>(&driver_));
}

void set_condition(pn_condition_t* to, const Condition& from) {
    pn_condition_set_name(to, from.name.c_str());
    pn_condition_set_description(to, from.description.c_str());
}

}  // namespace twinstorm::amqp
