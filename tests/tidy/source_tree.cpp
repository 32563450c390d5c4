#include "tidy/source_tree.h"

#include <algorithm>
#include <fstream>

namespace twinstorm::tidy {
namespace {

std::string module_of(const std::filesystem::path& path) {
    auto part = path.begin();
    if (*part == "sim" || *part == "include") {
        std::advance(part, *part == "sim" ? 1 : 2);
        return part->string();
    }
    return {};
}

}  // namespace

std::vector<SourceFile> sources_below(const std::vector<std::string>& folders) {
    const std::filesystem::path root = TWINSTORM_SOURCE_DIR;
    std::vector<SourceFile> files;
    for (const std::string& folder : folders) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
            const std::string extension = entry.path().extension();
            if ((extension != ".h" && extension != ".cpp") ||
                entry.path().string().find("node_modules") != std::string::npos) {
                continue;
            }
            const auto path = std::filesystem::relative(entry.path(), root);
            SourceFile& file = files.emplace_back(SourceFile{path, module_of(path), {}});
            std::ifstream stream(entry.path());
            for (std::string line; std::getline(stream, line);) {
                file.lines.push_back(line);
            }
        }
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

}  // namespace twinstorm::tidy
