// Collects a scenario's mistakes while it is read, so that all are reported together.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "scenario/yaml_tree.h"
#include "twinstorm/scenario/scenario.h"

namespace twinstorm::scenario {

inline constexpr std::size_t kMistakesMax = 200;      // Those after it are counted only.
inline constexpr std::size_t kMistakeBytesMax = 600;  // A longer text is cut.

class Mistakes {
public:
    // `override_paths`: of the n-th override, what stands before its `=`; never its value.
    Mistakes(std::string file, std::vector<std::string> override_paths)
        : file_(std::move(file)), override_paths_(std::move(override_paths)) {}

    void add(const Place& place, std::string text);
    void add(std::vector<Mistake> of_another_file);
    [[nodiscard]] bool empty() const { return found_.empty() && of_other_files_.empty(); }
    // In the order of the file, overrides after it, other files last.
    [[nodiscard]] std::vector<Mistake> take();

private:
    struct Found {
        Place place;
        std::string text;
    };

    std::string file_;
    std::vector<std::string> override_paths_;
    std::vector<Found> found_;
    std::vector<Mistake> of_other_files_;
    std::size_t more_ = 0;
};

}  // namespace twinstorm::scenario
