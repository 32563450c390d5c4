#include "hub/twin_scan.h"

#include <algorithm>

#include "hub/limits.h"
#include "hub/twin_index.h"

namespace twinstorm::hub {

iothub::TwinParts parts_of(query::Roots roots) {
    using query::Root;
    return {.header = roots.has(Root::kHeader) || roots.has(Root::kConfigurations),
            .tags = roots.has(Root::kTags),
            .desired = roots.has(Root::kDesired) || roots.has(Root::kDesiredMetadata),
            .reported = roots.has(Root::kReported) || roots.has(Root::kReportedMetadata),
            .metadata = roots.has(Root::kDesiredMetadata) || roots.has(Root::kReportedMetadata)};
}

TwinScan::TwinScan(Shard& shard, Work work)
    : shard_(shard),
      work_(std::move(work)),
      parts_(parts_of(work_.condition->roots())),
      named_(work_.condition->device_ids()) {
    if (named_) {
        std::erase_if(
            *named_, [&](std::string_view id) { return shard.common.shard_of(id) != shard.index; });
        std::ranges::sort(*named_);
        named_->erase(std::unique(named_->begin(), named_->end()), named_->end());
    }
}

void TwinScan::run(TimePoint now) {
    for (std::size_t spent = 0; spent < kScanSliceTwins; ++spent) {
        const Identity* const identity = next();
        if (identity == nullptr) {
            work_.done(now);
            return;
        }
        work_.after = identity->record.name;
        if (!matches(*identity, now)) {
            continue;
        }
        spent += kScanRowTwins;
        if (!work_.visit(*identity)) {
            work_.done(now);
            return;
        }
    }
    shard_.agenda.at(now, [self = shared_from_this()](TimePoint then) { self->run(then); });
}

const Identity* TwinScan::next() {
    return work_.condition->source() == query::Source::kModules ? next_module() : next_device();
}

const Identity* TwinScan::next_device() {
    return device_from(work_.after.device_id, false);
}

const Identity* TwinScan::next_module() {
    const Identity* device = device_from(work_.after.device_id, true);
    while (device != nullptr) {
        const std::string& id = device->record.name.device_id;
        const bool resumed = id == work_.after.device_id;
        for (const auto& module : device->modules) {
            if (!resumed || module->record.name.module_id > work_.after.module_id) {
                return module.get();
            }
        }
        device = device_from(id, false);
    }
    return nullptr;
}

const Identity* TwinScan::device_from(std::string_view id, bool itself) {
    if (!named_) {
        return itself ? shard_.registry.device_from(id) : shard_.registry.device_after(id);
    }
    auto named =
        itself ? std::ranges::lower_bound(*named_, id) : std::ranges::upper_bound(*named_, id);
    for (; named != named_->end(); ++named) {
        if (const Identity* device = shard_.registry.find({std::string(*named), {}})) {
            return device;
        }
    }
    return nullptr;
}

bool TwinScan::matches(const Identity& identity, TimePoint now) const {
    if (work_.condition->matches_all()) {
        return is_indexed(shard_, identity, now);
    }
    const auto view = indexed_view(shard_, identity, parts_, now);
    return view && work_.condition->matches(*view);
}

}  // namespace twinstorm::hub
