// Reads a fuzzer's committed inputs and holds a property against each, in name order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "fuzz/property.h"

namespace twinstorm::fuzz {

[[nodiscard]] inline std::string read_input(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

[[nodiscard]] inline std::vector<std::filesystem::path> corpus_files(
    const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

// One line for each input that breaks the property: its file, and how.
[[nodiscard]] inline std::vector<std::string> replay(const std::filesystem::path& folder,
                                                     Property property) {
    std::vector<std::string> broken;
    for (const auto& file : corpus_files(folder)) {
        const std::string input = read_input(file);
        if (const Verdict verdict = property(std::as_bytes(std::span(input)))) {
            broken.push_back(file.filename().string() + ": " + *verdict);
        }
    }
    return broken;
}

}  // namespace twinstorm::fuzz
