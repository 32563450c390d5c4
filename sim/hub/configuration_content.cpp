#include "hub/configuration_content.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "hub/json_fields.h"
#include "hub/limits.h"
#include "twinstorm/base/seed.h"
#include "twinstorm/iothub/identity.h"
#include "twinstorm/iothub/twin.h"

namespace twinstorm::hub {
namespace {

namespace json = boost::json;
using Kind = ConfigurationContent::Kind;

constexpr std::string_view kDesired = "properties.desired";

tl::unexpected<iothub::ServiceError> invalid(std::string text) {
    return refuse(iothub::ServiceErrorCode::kInvalidConfigurationContent, std::move(text));
}

std::string_view kind_name(Kind kind) {
    switch (kind) {
        case Kind::kDevice:
            return "deviceContent";
        case Kind::kModule:
            return "moduleContent";
        case Kind::kEdgeModules:
            return "modulesContent";
    }
    return "";
}

// Of the path below the desired section; empty for the section itself.
std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    path.remove_prefix(std::min(kDesired.size(), path.size()));
    while (!path.empty()) {
        path.remove_prefix(1);  // The dot.
        segments.push_back(path.substr(0, path.find('.')));
        path.remove_prefix(segments.back().size());
    }
    return segments;
}

Outcome<void> check_path(std::string_view path, const json::value& value) {
    const bool whole = path == kDesired;
    const bool below = path.starts_with(kDesired) && path[kDesired.size()] == '.';
    if (!whole && !below) {
        return invalid(fmt::format("{} is no path of desired properties", path));
    }
    if (whole && !value.is_object()) {
        return invalid("properties.desired must be a JSON object");
    }
    const auto segments = segments_of(path);
    if (path.ends_with('.') || std::ranges::find(segments, "") != segments.end()) {
        return invalid(fmt::format("{} names an empty property", path));
    }
    return {};
}

void put(json::object& values, std::string_view path, const json::value& value) {
    const auto segments = segments_of(path);
    if (segments.empty()) {
        iothub::merge_patch(values, value.get_object());
        return;
    }
    json::object* level = &values;
    for (std::size_t depth = 0; depth + 1 < segments.size(); ++depth) {
        json::value& next = (*level)[segments[depth]];
        level = next.is_object() ? &next.get_object() : &next.emplace_object();
    }
    (*level)[segments.back()] = value;
}

// Paths to values, all of one twin.
struct Section {
    std::vector<std::string> paths;
    json::object patch;
};

Outcome<Section> read_section(const json::object& document) {
    Section section;
    if (document.size() > kConfigurationPathsMax) {
        return invalid(fmt::format("The content has more than {} paths", kConfigurationPathsMax));
    }
    for (const auto& [path, value] : document) {
        if (auto checked = check_path(path, value); !checked) {
            return tl::unexpected(checked.error());
        }
        if (overlap(section.paths, {std::string(path)})) {
            return invalid(fmt::format("{} overlaps with another path", std::string_view(path)));
        }
        section.paths.emplace_back(path);
        put(section.patch, path, value);
    }
    if (auto sound = iothub::check_patch(section.patch, false); !sound) {
        return invalid(sound.error().message());
    }
    if (iothub::twin_size(section.patch) > iothub::twin_limit::kSectionBytesMax) {
        return invalid("The content is larger than a desired section may be");
    }
    return section;
}

Outcome<void> read_modules(const json::object& document, ConfigurationContent& into) {
    for (const auto& [module_id, value] : document) {
        if (!iothub::is_valid_id(module_id) || !value.is_object()) {
            return invalid("modulesContent holds an object for each module id");
        }
        auto section = read_section(value.get_object());
        if (!section) {
            return tl::unexpected(section.error());
        }
        into.modules.emplace(module_id, std::move(section->patch));
    }
    return {};
}

// The one member of the three that is there.
Outcome<std::pair<Kind, const json::object*>> find_kind(const json::object& document) {
    std::pair<Kind, const json::object*> found{Kind::kDevice, nullptr};
    for (const Kind kind : {Kind::kDevice, Kind::kModule, Kind::kEdgeModules}) {
        const json::value* const member = document.if_contains(kind_name(kind));
        if (member == nullptr || member->is_null()) {
            continue;
        }
        if (found.second != nullptr || !member->is_object()) {
            return invalid(
                "The content holds one object of deviceContent, moduleContent and "
                "modulesContent");
        }
        found = {kind, &member->get_object()};
    }
    if (found.second == nullptr) {
        return invalid("The content holds neither deviceContent, moduleContent nor modulesContent");
    }
    return found;
}

}  // namespace

Outcome<ConfigurationContent> read_content(const json::object& document) {
    const auto found = find_kind(document);
    if (!found) {
        return tl::unexpected(found.error());
    }
    constexpr std::uint64_t kDigestSeed = 0;
    ConfigurationContent content;
    content.kind = found->first;
    content.document = document;
    content.digest = fmt::format("{:016x}", derive(kDigestSeed, json::serialize(document)));
    if (content.kind == Kind::kEdgeModules) {
        auto read = read_modules(*found->second, content);
        return read ? Outcome<ConfigurationContent>(std::move(content))
                    : tl::unexpected(read.error());
    }
    auto section = read_section(*found->second);
    if (!section) {
        return tl::unexpected(section.error());
    }
    content.paths = std::move(section->paths);
    content.patch = std::move(section->patch);
    return content;
}

bool overlap(std::string_view path, std::string_view other) {
    const std::string_view longer = path.size() < other.size() ? other : path;
    const std::string_view shorter = path.size() < other.size() ? path : other;
    return longer.starts_with(shorter) &&
           (longer.size() == shorter.size() || longer[shorter.size()] == '.');
}

bool overlap(const std::vector<std::string>& paths, const std::vector<std::string>& others) {
    return std::ranges::any_of(paths, [&](const std::string& path) {
        return std::ranges::any_of(others,
                                   [&](const std::string& other) { return overlap(path, other); });
    });
}

void erase_path(json::object& values, std::string_view path) {
    const auto segments = segments_of(path);
    if (segments.empty()) {
        values.clear();
        return;
    }
    json::object* level = &values;
    for (std::size_t depth = 0; depth + 1 < segments.size(); ++depth) {
        json::value* const next = level->if_contains(segments[depth]);
        if (next == nullptr || !next->is_object()) {
            return;
        }
        level = &next->get_object();
    }
    if (const auto member = level->find(segments.back()); member != level->end()) {
        level->stable_erase(member);
    }
}

json::object difference(const json::object& from, const json::object& to) {
    json::object patch;
    for (const auto& [key, value] : from) {
        if (!to.contains(key)) {
            patch.emplace(key, nullptr);
        }
    }
    for (const auto& [key, value] : to) {
        const json::value* const old = from.if_contains(key);
        if (old != nullptr && old->is_object() && value.is_object()) {
            json::object inner = difference(old->get_object(), value.get_object());
            if (!inner.empty()) {
                patch.emplace(key, std::move(inner));
            }
        } else if (old == nullptr || *old != value) {
            patch.emplace(key, value);
        }
    }
    return patch;
}

bool is_in_force(const json::object& patch, const json::object& values) {
    return std::ranges::all_of(patch, [&](const json::key_value_pair& member) {
        const json::value* const now = values.if_contains(member.key());
        if (now == nullptr || member.value().is_null()) {
            return now == nullptr && member.value().is_null();
        }
        if (member.value().is_object() && now->is_object()) {
            return is_in_force(member.value().get_object(), now->get_object());
        }
        return *now == member.value();
    });
}

}  // namespace twinstorm::hub
