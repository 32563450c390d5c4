#include "agent/configuration_values.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "twinstorm/base/check.h"
#include "twinstorm/host/catalogue.h"

namespace twinstorm::agent {
namespace {

namespace json = boost::json;

std::string_view without_blanks(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::optional<std::uint32_t> read_minutes(std::string_view text) {
    const std::string_view digits = without_blanks(text);
    std::uint64_t minutes = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), minutes);
    if (error != std::errc{} || end != digits.data() + digits.size() || minutes == 0) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(std::min(minutes, kMinutesMax));
}

// A folder holds what follows its name and a slash; not recursive: without another slash.
bool holds(std::string_view folder, std::string_view path, bool recursive) {
    if (folder.ends_with('/')) {
        folder.remove_suffix(1);
    }
    if (!path.starts_with(folder)) {
        return false;
    }
    path.remove_prefix(folder.size());
    if (path.empty()) {
        return true;
    }
    return path.front() == '/' && (recursive || path.find('/', 1) == std::string_view::npos);
}

}  // namespace

std::optional<std::uint64_t> read_positive(const json::value& value) {
    if (const std::int64_t* number = value.if_int64(); number != nullptr && *number > 0) {
        return static_cast<std::uint64_t>(*number);
    }
    if (const std::uint64_t* number = value.if_uint64(); number != nullptr && *number > 0) {
        return *number;
    }
    return std::nullopt;
}

std::optional<Priority> read_priority(const json::value& value) {
    const json::string* text = value.if_string();
    if (text == nullptr) {
        return std::nullopt;
    }
    constexpr std::pair<std::string_view, Priority> kPriorities[] = {
        {"High", Priority::kHigh}, {"Medium", Priority::kMedium}, {"Low", Priority::kLow}};
    for (const auto& [name, priority] : kPriorities) {
        if (std::string_view(*text) == name) {
            return priority;
        }
    }
    return std::nullopt;
}

std::optional<Intervals> read_intervals(const json::value& value) {
    const json::string* text = value.if_string();
    if (text == nullptr) {
        return std::nullopt;
    }
    std::string_view rest = *text;
    Intervals intervals{};
    for (std::size_t i = 0; i < kPriorityCount; ++i) {
        const std::size_t comma = rest.find(',');
        const bool is_last = i + 1 == kPriorityCount;
        if (is_last != (comma == std::string_view::npos)) {
            return std::nullopt;
        }
        const auto minutes = read_minutes(rest.substr(0, comma));
        if (!minutes) {
            return std::nullopt;
        }
        intervals[i] = *minutes;
        rest.remove_prefix(is_last ? rest.size() : comma + 1);
    }
    return intervals;
}

std::vector<std::string_view> split_list(std::string_view text) {
    std::vector<std::string_view> items;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        if (const auto item = without_blanks(text.substr(0, comma)); !item.empty()) {
            items.push_back(item);
        }
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return items;
}

std::bitset<kChecksMax> checks_named(std::string_view groups, std::string_view ids) {
    const std::vector<std::string_view> group_names = split_list(groups);
    const std::vector<std::string_view> id_names = split_list(ids);
    const auto& checks = host::catalogue().checks;
    TWINSTORM_CHECK(checks.size() <= kChecksMax);
    std::bitset<kChecksMax> named;
    for (std::size_t i = 0; i < checks.size(); ++i) {
        const auto names = [](const auto& list, const std::string& what) {
            return std::ranges::find(list, what) != list.end();
        };
        named[i] = names(group_names, checks[i].group) || names(id_names, checks[i].id) ||
                   (!checks[i].whole_id.empty() && names(id_names, checks[i].whole_id));
    }
    return named;
}

std::bitset<kPathsMax> paths_below(std::string_view folders, bool recursive) {
    const std::vector<std::string_view> listed = split_list(folders);
    const auto& paths = host::catalogue().paths;
    TWINSTORM_CHECK(paths.size() <= kPathsMax);
    std::bitset<kPathsMax> watched;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        watched[i] = std::ranges::any_of(
            listed, [&](std::string_view folder) { return holds(folder, paths[i], recursive); });
    }
    return watched;
}

}  // namespace twinstorm::agent
