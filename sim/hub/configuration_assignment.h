// Brings the twins of one shard in line with the hub's configurations.
//
// Use:    set() with each new set of them, resume() with the one of a journal: then all twins are
//         evaluated, a slice in each turn of the loop, and again every kConfigurationPeriod.
//         consider() for a twin that is new.
// Rules:  of two that overlap at a twin the first in rank is applied, the other only targets it.
//         A configuration writes as a service does, and only what differs; what it wrote goes when
//         it goes or its condition holds no more. Of edge devices' modules the first in rank writes
//         the whole desired sections, once; those stay.
// Owner:  a shard, on its loop.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "hub/agenda.h"
#include "hub/configuration.h"
#include "hub/identity.h"
#include "hub/instant.h"
#include "hub/outcome.h"
#include "twinstorm/base/error.h"
#include "twinstorm/query/roots.h"

namespace twinstorm::hub {

struct Shard;

class ConfigurationAssignment {
public:
    explicit ConfigurationAssignment(Shard& shard) : shard_(shard) {}

    void set(RankedConfigurations set, TimePoint now);
    void resume(RankedConfigurations set, TimePoint now);
    void consider(Identity& identity, Instant now);

    // By id; of the last evaluation that has ended.
    [[nodiscard]] std::map<std::string, ConfigurationResults> results() const;

    // Content for one edge device or device, as `applyConfigurationContent` sends it. Errors:
    // 404010 for a module of no edge device, 400004.
    [[nodiscard]] Outcome<void> apply_once(Identity& device, const ConfigurationContent& content,
                                           Instant now);

    static constexpr std::string_view kMarks = "configured";
    [[nodiscard]] static Result<void> restore(Identity& identity, const boost::json::object& line);

private:
    using Results = std::vector<ConfigurationResults>;  // As *set_.
    // One configuration at the twin under work, and whether it is applied there.
    struct Target {
        const Configuration* configuration = nullptr;
        bool applied = false;
    };
    using Targets = std::vector<Target>;
    using Marks = std::vector<ConfigurationMark>;

    void use(RankedConfigurations set);
    void begin(TimePoint now);
    void slice(TimePoint now);
    void end(TimePoint now);
    std::size_t evaluate_device(Identity& device, Results& results, Instant now);
    void evaluate(Identity& identity, Results& results, Instant now);
    [[nodiscard]] Targets targets_of(const Identity& identity) const;
    void apply(Identity& identity, Targets& targets, Instant now);
    bool apply_one(Identity& identity, const Configuration& configuration, Marks& fresh,
                   std::vector<std::string>& lost, Instant now);
    void erase_lost(Identity& identity, const std::vector<std::string>& lost, Instant now);
    bool write(Identity& identity, const boost::json::object& wanted, Instant now);
    void keep_marks(Identity& identity, Marks fresh, Instant now);
    void count(const Identity& identity, const Targets& targets, Results& results) const;

    Shard& shard_;
    RankedConfigurations set_;
    query::Roots target_roots_;
    query::Roots metric_roots_;
    bool has_metrics_ = false;
    Results counted_;
    Results counting_;
    std::string after_;     // The device that was evaluated last.
    Agenda::Entry next_{};  // The next slice, or the next evaluation.
};

}  // namespace twinstorm::hub
