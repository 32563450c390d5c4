// The hub's configurations: made, changed and removed by services, and told to every shard.
//
// Use:    create(), update(), remove() publish the new set to all shards, which then evaluate it;
//         restore() repeats journal lines, after the last of which comes resume().
// Owner:  the front shard, on its loop; at the others it is empty.
// Limits: as many as the tier allows.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "hub/configuration.h"
#include "hub/instant.h"
#include "hub/outcome.h"
#include "twinstorm/base/error.h"

namespace twinstorm::hub {

struct Shard;

class ConfigurationStore {
public:
    using All = std::map<std::string, ConfigurationPointer, std::less<>>;

    explicit ConfigurationStore(Shard& front) : front_(front) {}

    // Errors: 409401, 403002.
    [[nodiscard]] Outcome<ConfigurationPointer> create(Configuration configuration, Instant now);
    // Errors: 404301, 412001, 400402 for another content: that is fixed.
    [[nodiscard]] Outcome<ConfigurationPointer> update(Configuration configuration,
                                                       std::string_view if_match, Instant now);
    // `if_match` empty matches any. Errors: 404301, 412001.
    [[nodiscard]] Outcome<void> remove(std::string_view id, std::string_view if_match, Instant now);
    void clear(Instant now);

    [[nodiscard]] Outcome<ConfigurationPointer> require(std::string_view id) const;
    [[nodiscard]] const All& all() const { return all_; }

    static constexpr std::string_view kPut = "configuration";
    static constexpr std::string_view kRemoved = "configuration-removed";
    [[nodiscard]] Result<void> restore(std::string_view op, const boost::json::object& line);
    void resume(TimePoint now);

private:
    [[nodiscard]] RankedConfigurations ranked() const;
    ConfigurationPointer put(Configuration configuration, Instant now);
    void publish(TimePoint now);

    Shard& front_;
    All all_;
    std::uint64_t last_number_ = 0;
};

}  // namespace twinstorm::hub
