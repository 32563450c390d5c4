// All ways to write a twin: each is journaled, a change of desired is told to the connection, and
// every change to those who listen.
//
// Use:    the REST side calls patch() and replace(), a connection patch_reported(); restore()
//         repeats a journal line and tells nobody.
// Owner:  the hub. The twin itself lives in its identity. Errors of service writes: 412001, 400004.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include <boost/json/object.hpp>

#include "hub/identity.h"
#include "hub/instant.h"
#include "hub/journal.h"
#include "hub/outcome.h"
#include "twinstorm/base/error.h"

namespace twinstorm::hub {

class TwinStore {
public:
    // `change` is the notice's body: the patch, or the whole section, with its `$version`.
    using DesiredChanged =
        std::function<void(Identity& identity, const boost::json::object& change, TimePoint now)>;

    // What an accepted write touched, for those who listen to twins.
    struct Change {
        bool replaced = false;  // Else patched.
        bool tags = false;
        bool desired = false;
        bool reported = false;
    };
    using Changed =
        std::function<void(const Identity& identity, const Change& change, Instant now)>;

    // Before a write, which may still be refused.
    using Changing = std::function<void(const Identity& identity, Instant now)>;

    TwinStore(Journal& journal, DesiredChanged desired_changed, Changed changed = nullptr,
              Changing changing = nullptr);

    [[nodiscard]] Outcome<void> patch(Identity& identity, const boost::json::object& body,
                                      std::string_view if_match, Instant now);
    [[nodiscard]] Outcome<void> replace(Identity& identity, const boost::json::object& body,
                                        std::string_view if_match, Instant now);
    // Gives the new $version of reported.
    [[nodiscard]] Result<std::int64_t> patch_reported(Identity& identity,
                                                      const boost::json::object& patch,
                                                      Instant now);

    [[nodiscard]] boost::json::object service_view(const Identity& identity,
                                                   const iothub::TwinParts& parts = {}) const;

    // `op` is one of kTwinPatch, kTwinReplace, kTwinReported.
    static constexpr std::string_view kTwinPatch = "twin-patch";
    static constexpr std::string_view kTwinReplace = "twin-replace";
    static constexpr std::string_view kTwinReported = "twin-reported";
    [[nodiscard]] static Result<void> restore(Identity& identity, std::string_view op,
                                              const boost::json::object& body, WallTime at);

private:
    void tell_changing(const Identity& identity, Instant now) const;
    void tell(const Identity& identity, const Change& change, Instant now) const;
    void write_line(std::string_view op, const Identity& identity, const boost::json::object& body,
                    Instant now);

    Journal& journal_;
    DesiredChanged desired_changed_;
    Changed changed_;
    Changing changing_;
};

}  // namespace twinstorm::hub
