// A configuration of automatic device management, and the set of all that are in force.
//
// Owner:  immutable once made: the store makes them on the front shard, every shard reads them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "hub/configuration_content.h"
#include "twinstorm/base/time.h"
#include "twinstorm/query/condition.h"
#include "twinstorm/query/query.h"

namespace twinstorm::hub {

struct ConfigurationMetric {
    std::string name;
    std::string text;
    query::Query query;
};

struct Configuration {
    std::string id;
    std::string schema_version = "1.0";
    boost::json::object labels;
    ConfigurationContent content;
    std::string target_text;
    query::Condition target;
    std::int64_t priority = 0;
    std::vector<ConfigurationMetric> metrics;
    // By the store.
    std::uint64_t number = 0;  // Grows from one to the next that is made.
    std::uint64_t writes = 1;  // Its etag.
    WallTime created{};
    WallTime updated{};
};

// Shared by the shards, which may still read what the store has replaced.
using ConfigurationPointer = std::shared_ptr<const Configuration>;

// The first of two that overlap wins: higher priority, then the newer one.
using RankedConfigurations = std::shared_ptr<const std::vector<ConfigurationPointer>>;

// What came of one at the twins of a shard, at its last evaluation.
struct ConfigurationResults {
    std::size_t targeted = 0;
    std::size_t applied = 0;
    std::vector<std::size_t> metrics;  // As Configuration::metrics.

    ConfigurationResults& operator+=(const ConfigurationResults& other);
};

}  // namespace twinstorm::hub
