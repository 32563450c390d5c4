// Proton's sans-I/O engine, owned: frames go in, events and bytes come out.
//
// It is the C engine, pn_connection_driver_t, not proton::io::connection_driver over it: the C++
// handler cannot send bytes encoded elsewhere, refuse an attach with a null terminus, or grant
// credit by hand while disposing of deliveries later; and it would bring exceptions.
//
// Use:    feed() whole, checked frames (FrameGuard); next_event() until there is none; take()
//         what is to be written. tick() in milliseconds of run time.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include <proton/connection_driver.h>
#include <proton/types.h>

#include "twinstorm/amqp/ports.h"
#include "twinstorm/base/buffer_pool.h"
#include "twinstorm/base/time.h"

namespace twinstorm::amqp {

class Engine {
public:
    explicit Engine(const std::string& container_id);
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    ~Engine();

    void feed(std::span<const std::byte> bytes);
    [[nodiscard]] pn_event_t* next_event() { return pn_connection_driver_next_event(&driver_); }
    // Appends until there are `bytes_max`.
    void take(Buffer& out, std::size_t bytes_max);
    [[nodiscard]] std::optional<TimePoint> tick(TimePoint now);

    [[nodiscard]] pn_connection_t* connection() { return driver_.connection; }
    void close(const Condition& why);
    [[nodiscard]] bool has_failed() const;  // Proton gave up; its CLOSE may be on the way.

private:
    pn_connection_driver_t driver_;
};

void set_condition(pn_condition_t* to, const Condition& from);

}  // namespace twinstorm::amqp
