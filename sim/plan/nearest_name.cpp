#include "twinstorm/plan/nearest_name.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace twinstorm::plan {
namespace {

char lower(char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                                : character;
}

// A third of the name may be wrong; more is another word.
std::size_t slips_max(std::string_view wrong) {
    return (wrong.size() + 2) / 3;
}

}  // namespace

// Optimal string alignment, three rows at a time.
std::size_t typing_slips(std::string_view left, std::string_view right) {
    left = left.substr(0, kComparedCharsMax);
    right = right.substr(0, kComparedCharsMax);
    std::vector<std::size_t> before(right.size() + 1);
    std::vector<std::size_t> above(right.size() + 1);
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t column = 0; column <= right.size(); ++column) {
        above[column] = column;
    }
    for (std::size_t i = 1; i <= left.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const bool same = lower(left[i - 1]) == lower(right[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0u : 1u)});
            if (i > 1 && j > 1 && lower(left[i - 1]) == lower(right[j - 2]) &&
                lower(left[i - 2]) == lower(right[j - 1])) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[right.size()];
}

std::optional<std::string_view> nearest_name(std::string_view wrong,
                                             std::span<const std::string_view> known) {
    const auto nearest =
        std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
            return typing_slips(wrong, a) < typing_slips(wrong, b);
        });
    if (nearest == known.end()) {
        return std::nullopt;
    }
    return *nearest;
}

std::string suggest(std::string_view wrong, std::span<const std::string_view> known) {
    const std::optional<std::string_view> nearest = nearest_name(wrong, known);
    if (!nearest) {
        return "expected none";
    }
    if (typing_slips(wrong, *nearest) <= slips_max(wrong)) {
        return fmt::format("did you mean `{}`?", *nearest);
    }
    return fmt::format("expected {}`{}`", known.size() > 1 ? "one of " : "",
                       fmt::join(known, "`, `"));
}

}  // namespace twinstorm::plan
