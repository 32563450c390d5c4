// Random writes to a section, held against a model that knows neither trees nor recursion: a flat
// map from paths to leaves, with the version of the last write that touched each.
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "iothub/json_of.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/iothub/twin.h"

namespace twinstorm::iothub {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kSeeds = 40;
constexpr int kWritesPerSeed = 60;
constexpr std::string_view kObject = "object";

using Path = std::vector<std::string>;

struct Leaf {
    std::string text;
    std::int64_t version = 0;
    friend bool operator==(const Leaf&, const Leaf&) = default;
};

using Flat = std::map<Path, Leaf>;

struct Step {
    Path path;
    json::value value;
};

// A work list instead of recursion; parents come before their children.
std::vector<Step> steps_of(const json::object& document) {
    std::vector<Step> steps{{{}, document}};
    for (std::size_t at = 0; at < steps.size(); ++at) {
        const Step step = steps[at];  // A copy: the list grows below.
        if (!step.value.is_object()) {
            continue;
        }
        for (const auto& [key, value] : step.value.get_object()) {
            Path path = step.path;
            path.emplace_back(key);
            steps.push_back({std::move(path), value});
        }
    }
    return steps;
}

class Model {
public:
    Model() { flat_[{}] = {std::string(kObject), 1}; }

    void apply(const json::object& patch) {
        ++version_;
        for (const Step& step : steps_of(patch)) {
            if (step.value.is_object()) {
                if (const auto found = flat_.find(step.path);
                    found == flat_.end() || found->second.text != kObject) {
                    erase(step.path);
                }
                flat_[step.path] = {std::string(kObject), version_};
                continue;
            }
            erase(step.path);
            if (!step.value.is_null()) {
                flat_[step.path] = {json::serialize(step.value), version_};
            }
        }
    }

    [[nodiscard]] const Flat& flat() const { return flat_; }

private:
    void erase(const Path& path) {
        std::erase_if(flat_, [&path](const auto& entry) {
            return entry.first.size() >= path.size() &&
                   std::equal(path.begin(), path.end(), entry.first.begin());
        });
    }

    Flat flat_;
    std::int64_t version_ = 1;
};

std::int64_t version_at(const json::value& metadata, const Path& path) {
    const json::value* level = &metadata;
    for (const std::string& key : path) {
        level = &level->at(key);
    }
    return level->at("$lastUpdatedVersion").as_int64();
}

Flat flatten(const TwinSection& section) {
    Flat flat;
    const json::value metadata = section.with_metadata().at("$metadata");
    for (const Step& step : steps_of(section.values())) {
        flat[step.path] = {
            step.value.is_object() ? std::string(kObject) : json::serialize(step.value),
            version_at(metadata, step.path)};
    }
    return flat;
}

json::object random_patch(Random& random, int depth) {
    json::object patch;
    for (std::uint64_t members = random.below(4); members > 0; --members) {
        const std::string key(1, static_cast<char>('a' + random.below(5)));
        switch (random.below(depth > 0 ? 7 : 5)) {
            case 0:
            case 1:
                patch[key] = nullptr;
                break;
            case 2:
                patch[key] = random.below(100);
                break;
            case 3:
                patch[key] = std::string(random.below(6), 'x');
                break;
            case 4:
                patch[key] = json::array{random.unit() < 0.5, json::object{{"n", nullptr}}};
                break;
            default:
                patch[key] = random_patch(random, depth - 1);
        }
    }
    return patch;
}

// What a metadata level holds beyond its own two entries must be the members of the values.
std::size_t metadata_entries(const json::value& level) {
    std::size_t entries = 0;
    for (const auto& [key, value] : level.as_object()) {
        entries += value.is_object() ? 1 + metadata_entries(value) : 0;
    }
    return entries;
}

TEST(TwinMerge, AgreesWithANaiveModel) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        Random random(seed);
        Model model;
        TwinSection section(TwinSection::Kind::kDesired, kVirtualEpoch);
        json::object device_copy;
        for (int write = 0; write < kWritesPerSeed; ++write) {
            const json::object patch = random_patch(random, 3);
            model.apply(patch);
            ASSERT_TRUE(section.patch(patch, kVirtualEpoch));
            merge_patch(device_copy, patch);
            ASSERT_EQ(flatten(section), model.flat())
                << "seed " << seed << ", write " << write << ": " << text_of(patch);
            ASSERT_EQ(text_of(device_copy), text_of(section.values()));
            ASSERT_EQ(metadata_entries(section.with_metadata().at("$metadata")),
                      model.flat().size() - 1);
        }
    }
}

}  // namespace
}  // namespace twinstorm::iothub
