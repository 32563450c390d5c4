// The project's own sources, as lines, for the tests of its style.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace twinstorm::tidy {

struct SourceFile {
    std::string path;    // From the project's root.
    std::string module;  // `hub` for sim/hub/... and include/twinstorm/hub/...; empty elsewhere.
    std::vector<std::string> lines;
};

// C++ sources below these folders of the project.
[[nodiscard]] std::vector<SourceFile> sources_below(const std::vector<std::string>& folders);

}  // namespace twinstorm::tidy
