// About 380 lines: evaluation, application and bookkeeping of one twin, which only make sense
// together.
#include "hub/configuration_assignment.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "hub/json_fields.h"
#include "hub/limits.h"
#include "hub/shards.h"
#include "hub/twin_scan.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using Kind = ConfigurationContent::Kind;

bool fits(Kind kind, const Identity& identity) {
    const bool module = identity.record.name.is_module();
    return kind == Kind::kModule ? module
                                 : !module && (kind == Kind::kDevice || identity.record.edge);
}

bool is_of(const ConfigurationMark& mark, const Configuration& configuration) {
    return mark.configuration.id == configuration.id &&
           mark.configuration.digest == configuration.content.digest;
}

const ConfigurationMark* find_mark(const Identity& identity, const Configuration& configuration) {
    if (identity.configurations == nullptr) {
        return nullptr;
    }
    const auto found = std::ranges::find_if(
        *identity.configurations,
        [&](const ConfigurationMark& mark) { return is_of(mark, configuration); });
    return found == identity.configurations->end() ? nullptr : &*found;
}

ConfigurationMark mark_of(const Configuration& configuration, bool applied, std::int64_t version) {
    return {{configuration.id, configuration.content.digest, applied, version},
            applied ? configuration.content.paths : std::vector<std::string>{}};
}

json::object journal_view(const ConfigurationMark& mark) {
    json::array paths;
    for (const std::string& path : mark.paths) {
        paths.emplace_back(path);
    }
    return {{"id", mark.configuration.id},
            {"digest", mark.configuration.digest},
            {"applied", mark.configuration.applied},
            {"version", mark.configuration.version},
            {"paths", std::move(paths)}};
}

bool equal(const ConfigurationMark& a, const ConfigurationMark& b) {
    return a.configuration.id == b.configuration.id &&
           a.configuration.digest == b.configuration.digest &&
           a.configuration.applied == b.configuration.applied &&
           a.configuration.version == b.configuration.version;
}

}  // namespace

void ConfigurationAssignment::set(RankedConfigurations set, TimePoint now) {
    use(std::move(set));
    begin(now);
}

void ConfigurationAssignment::resume(RankedConfigurations set, TimePoint now) {
    use(std::move(set));
    next_ = shard_.agenda.at(now, [this](TimePoint then) { begin(then); });
}

void ConfigurationAssignment::use(RankedConfigurations set) {
    // Results stay with their configurations until the new set has been evaluated.
    const auto before = results();
    set_ = std::move(set);
    target_roots_ = {};
    metric_roots_ = {};
    has_metrics_ = false;
    counted_.assign(set_->size(), {});
    for (std::size_t place = 0; place < set_->size(); ++place) {
        const Configuration& one = *(*set_)[place];
        target_roots_ |= one.target.roots();
        for (const ConfigurationMetric& metric : one.metrics) {
            metric_roots_ |= metric.query.roots();
            has_metrics_ = true;
        }
        if (const auto known = before.find(one.id); known != before.end()) {
            counted_[place] = known->second;
        }
        counted_[place].metrics.resize(one.metrics.size());
    }
}

void ConfigurationAssignment::begin(TimePoint now) {
    shard_.agenda.cancel(next_);
    after_.clear();
    counting_.assign(set_->size(), {});
    for (std::size_t place = 0; place < set_->size(); ++place) {
        counting_[place].metrics.resize((*set_)[place]->metrics.size());
    }
    slice(now);
}

void ConfigurationAssignment::slice(TimePoint now) {
    std::size_t spent = 0;
    while (spent < kConfigurationSliceTwins) {
        Identity* const device = shard_.registry.device_after(after_);
        if (device == nullptr) {
            end(now);
            return;
        }
        after_ = device->record.name.device_id;
        spent += evaluate_device(*device, counting_, shard_.instant(now));
    }
    next_ = shard_.agenda.at(now, [this](TimePoint then) { slice(then); });
}

void ConfigurationAssignment::end(TimePoint now) {
    counted_ = counting_;
    next_ = {};
    if (!set_->empty()) {
        next_ =
            shard_.agenda.at(now + kConfigurationPeriod, [this](TimePoint then) { begin(then); });
    }
}

void ConfigurationAssignment::consider(Identity& identity, Instant now) {
    if (set_ != nullptr && !set_->empty()) {
        evaluate(identity, counted_, now);
    }
}

std::map<std::string, ConfigurationResults> ConfigurationAssignment::results() const {
    std::map<std::string, ConfigurationResults> result;
    for (std::size_t place = 0; set_ != nullptr && place < set_->size(); ++place) {
        result.emplace((*set_)[place]->id, counted_[place]);
    }
    return result;
}

// Gives how many twins that were.
std::size_t ConfigurationAssignment::evaluate_device(Identity& device, Results& results,
                                                     Instant now) {
    evaluate(device, results, now);
    for (const auto& module : device.modules) {
        evaluate(*module, results, now);
    }
    return 1 + device.modules.size();
}

void ConfigurationAssignment::evaluate(Identity& identity, Results& results, Instant now) {
    Targets targets = targets_of(identity);
    apply(identity, targets, now);
    count(identity, targets, results);
}

ConfigurationAssignment::Targets ConfigurationAssignment::targets_of(
    const Identity& identity) const {
    Targets targets;
    std::vector<std::string> taken;
    bool edge_taken = false;
    json::object document;
    for (const ConfigurationPointer& configuration : *set_) {
        const ConfigurationContent& content = configuration->content;
        if (!fits(content.kind, identity)) {
            continue;
        }
        if (document.empty() && !target_roots_.empty()) {
            document = shard_.twins.service_view(identity, parts_of(target_roots_));
        }
        if (!configuration->target.matches(document)) {
            continue;
        }
        const bool edge = content.kind == Kind::kEdgeModules;
        const bool wins = edge ? !edge_taken : !overlap(taken, content.paths);
        targets.push_back({configuration.get(), wins});
        edge_taken = edge_taken || edge;
        if (wins) {
            taken.insert(taken.end(), content.paths.begin(), content.paths.end());
        }
    }
    return targets;
}

void ConfigurationAssignment::apply(Identity& identity, Targets& targets, Instant now) {
    if (targets.empty() && identity.configurations == nullptr) {
        return;
    }
    std::vector<std::string> lost;
    if (identity.configurations != nullptr) {
        for (const ConfigurationMark& mark : *identity.configurations) {
            const bool stays = std::ranges::any_of(targets, [&](const Target& target) {
                return target.applied && is_of(mark, *target.configuration);
            });
            if (!stays) {
                lost.insert(lost.end(), mark.paths.begin(), mark.paths.end());
            }
        }
    }
    Marks fresh;
    for (Target& target : targets) {
        if (target.applied) {
            target.applied = apply_one(identity, *target.configuration, fresh, lost, now);
        } else {
            fresh.push_back(mark_of(*target.configuration, false, 0));
        }
    }
    erase_lost(identity, lost, now);
    keep_marks(identity, std::move(fresh), now);
}

// False when the twin has no room for it.
bool ConfigurationAssignment::apply_one(Identity& identity, const Configuration& configuration,
                                        Marks& fresh, std::vector<std::string>& lost, Instant now) {
    const ConfigurationMark* const mark = find_mark(identity, configuration);
    const bool was_applied = mark != nullptr && mark->configuration.applied;
    std::int64_t version = was_applied ? mark->configuration.version : 0;
    bool applied = true;
    if (configuration.content.kind == Kind::kEdgeModules) {
        applied = was_applied || apply_once(identity, configuration.content, now).has_value();
    } else {
        const json::object& values = identity.twin.desired().values();
        // Not the ranges' own: clang 14 cannot read the subranges that they return.
        const auto others = std::stable_partition(
            lost.begin(), lost.end(),
            [&](const std::string& path) { return !overlap({path}, configuration.content.paths); });
        if (others != lost.end() || !is_in_force(configuration.content.patch, values)) {
            json::object wanted = values;
            std::for_each(others, lost.end(),
                          [&wanted](const std::string& path) { erase_path(wanted, path); });
            iothub::merge_patch(wanted, configuration.content.patch);
            const std::int64_t before = identity.twin.desired().version();
            applied = write(identity, wanted, now);
            const std::int64_t after = identity.twin.desired().version();
            version = after == before ? version : after;
        }
        lost.erase(others, lost.end());
    }
    fresh.push_back(mark_of(configuration, applied, version));
    return applied;
}

void ConfigurationAssignment::erase_lost(Identity& identity, const std::vector<std::string>& lost,
                                         Instant now) {
    if (lost.empty()) {
        return;
    }
    json::object wanted = identity.twin.desired().values();
    for (const std::string& path : lost) {
        erase_path(wanted, path);
    }
    static_cast<void>(write(identity, wanted, now));
}

bool ConfigurationAssignment::write(Identity& identity, const json::object& wanted, Instant now) {
    json::object patch = difference(identity.twin.desired().values(), wanted);
    if (patch.empty()) {
        return true;
    }
    const auto written =
        shard_.twins.patch(identity, {{"properties", {{"desired", std::move(patch)}}}}, "*", now);
    ++(written ? shard_.twin_counts.updates : shard_.twin_counts.refused);
    if (!written) {
        shard_.log.line(now.run, "configurations: {} not changed: {}",
                        identity.record.name.client_id(), written.error().text);
    }
    return written.has_value();
}

void ConfigurationAssignment::keep_marks(Identity& identity, Marks fresh, Instant now) {
    static const Marks kNone;
    const Marks& old = identity.configurations == nullptr ? kNone : *identity.configurations;
    if (std::ranges::equal(old, fresh, equal)) {
        return;
    }
    if (shard_.journal.enabled()) {
        json::array marks;
        for (const ConfigurationMark& mark : fresh) {
            marks.push_back(journal_view(mark));
        }
        shard_.journal.append({{"op", kMarks},
                               {"device", identity.record.name.device_id},
                               {"module", identity.record.name.module_id},
                               {"marks", std::move(marks)}},
                              now.run);
    }
    identity.configurations = fresh.empty() ? nullptr : std::make_unique<Marks>(std::move(fresh));
}

void ConfigurationAssignment::count(const Identity& identity, const Targets& targets,
                                    Results& results) const {
    const auto source =
        identity.record.name.is_module() ? query::Source::kModules : query::Source::kDevices;
    const json::object document = has_metrics_
                                      ? shard_.twins.service_view(identity, parts_of(metric_roots_))
                                      : json::object();
    for (std::size_t place = 0; place < set_->size(); ++place) {
        const Configuration& configuration = *(*set_)[place];
        for (const Target& target : targets) {
            if (target.configuration == &configuration) {
                ++results[place].targeted;
                results[place].applied += target.applied ? 1 : 0;
            }
        }
        for (std::size_t i = 0; i < configuration.metrics.size(); ++i) {
            const query::Query& metric = configuration.metrics[i].query;
            results[place].metrics[i] +=
                metric.source() == source && metric.matches(document) ? 1 : 0;
        }
    }
}

Outcome<void> ConfigurationAssignment::apply_once(Identity& device,
                                                  const ConfigurationContent& content,
                                                  Instant now) {
    if (content.kind != Kind::kEdgeModules) {
        json::object wanted = device.twin.desired().values();
        iothub::merge_patch(wanted, content.patch);
        return write(device, wanted, now) ? Outcome<void>()
                                          : refuse(iothub::ServiceErrorCode::kArgumentInvalid,
                                                   "The twin has no room for the content");
    }
    for (const auto& [module_id, wanted] : content.modules) {
        const iothub::IdentityName name{device.record.name.device_id, module_id};
        Identity* module = shard_.registry.find(name);
        if (module == nullptr && device.record.edge) {
            IdentityWrite made;
            made.managed_by = "IotEdge";
            const auto created = shard_.registry.create(name, std::move(made), now);
            if (!created) {
                return tl::unexpected(created.error());
            }
            module = *created;
        }
        if (module == nullptr) {
            return refuse(iothub::ServiceErrorCode::kModuleNotFound,
                          fmt::format("Module {} does not exist", name.client_id()));
        }
        static_cast<void>(write(*module, wanted, now));
    }
    return {};
}

Result<void> ConfigurationAssignment::restore(Identity& identity, const json::object& line) {
    const json::array* const list = array_at(line, "marks");
    if (list == nullptr) {
        return fail(ErrorCode::kInvalidArgument, "the marks of configurations are missing");
    }
    auto marks = std::make_unique<Marks>();
    for (const json::value& one : *list) {
        const json::object* const object = one.if_object();
        const auto id =
            object == nullptr ? std::string_view() : text_at(*object, "id").value_or("");
        const json::array* const paths = object == nullptr ? nullptr : array_at(*object, "paths");
        if (id.empty() || paths == nullptr) {
            return fail(ErrorCode::kInvalidArgument, "a mark of a configuration lacks a member");
        }
        ConfigurationMark mark;
        mark.configuration = {std::string(id), std::string(text_at(*object, "digest").value_or("")),
                              flag_at(*object, "applied", false).value_or(false),
                              integer_at(*object, "version").value_or(0)};
        for (const json::value& path : *paths) {
            mark.paths.emplace_back(path.is_string() ? path.get_string() : "");
        }
        marks->push_back(std::move(mark));
    }
    identity.configurations = marks->empty() ? nullptr : std::move(marks);
    return {};
}

}  // namespace twinstorm::hub
