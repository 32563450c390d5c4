#include "scenario/mistakes.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include <fmt/format.h>

#include "twinstorm/base/check.h"

namespace twinstorm::scenario {
namespace {

// One mistake is one line, and whatever a file holds, a terminal only sees text.
std::string one_line(std::string text) {
    if (text.size() > kMistakeBytesMax) {
        text.resize(kMistakeBytesMax);
        text += " ...";
    }
    std::replace_if(
        text.begin(), text.end(),
        [](char character) {
            const auto byte = static_cast<unsigned char>(character);
            return byte < 0x20 || byte == 0x7f;
        },
        ' ');
    return text;
}

}  // namespace

void Mistakes::add(const Place& place, std::string text) {
    if (found_.size() + of_other_files_.size() >= kMistakesMax) {
        ++more_;
        return;
    }
    found_.push_back({place, one_line(std::move(text))});
}

void Mistakes::add(std::vector<Mistake> of_another_file) {
    for (Mistake& mistake : of_another_file) {
        if (found_.size() + of_other_files_.size() >= kMistakesMax) {
            ++more_;
        } else {
            of_other_files_.push_back(std::move(mistake));
        }
    }
}

std::vector<Mistake> Mistakes::take() {
    std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
        return std::tie(a.place.text, a.place.line, a.place.column) <
               std::tie(b.place.text, b.place.line, b.place.column);
    });
    std::vector<Mistake> mistakes;
    for (Found& found : found_) {
        if (found.place.text == 0) {
            mistakes.push_back(
                {file_, found.place.line, found.place.column, std::move(found.text)});
            continue;
        }
        const auto number = static_cast<std::size_t>(found.place.text);
        TWINSTORM_CHECK(number <= override_paths_.size());
        mistakes.push_back(
            {"--set", 0, 0,
             fmt::format("`{}`: {}", one_line(override_paths_[number - 1]), found.text)});
    }
    std::move(of_other_files_.begin(), of_other_files_.end(), std::back_inserter(mistakes));
    of_other_files_.clear();
    if (more_ > 0) {
        mistakes.push_back({file_, 0, 0, fmt::format("and {} more mistakes", more_)});
    }
    return mistakes;
}

std::string Mistake::format() const {
    return line > 0 ? fmt::format("{}:{}:{}: {}", file, line, column, text)
                    : fmt::format("{}: {}", file, text);
}

}  // namespace twinstorm::scenario
