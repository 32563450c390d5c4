#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "report/file_writer.h"
#include "twinstorm/report/report.h"
#include "twinstorm/stats/run_result.h"

namespace twinstorm::report {
namespace {

struct File {
    std::string_view name;
    std::string (*render)(const stats::RunResult& result);
};

constexpr std::array kRenderings{
    File{"report.html", html},
    File{"junit.xml", junit},
    File{"summary.md", markdown},
    File{"timeline.csv", timeline_csv},
};

Result<void> write(const File& file, const stats::RunResult& result, const std::string& folder) {
    return write_file(folder + "/" + std::string(file.name), file.render(result));
}

}  // namespace

Result<void> write_folder(const stats::RunResult& result, const std::string& folder) {
    if (Result<void> made = make_folders(folder); !made) {
        return made;
    }
    // The result comes first: from it, all the others can be made again.
    if (Result<void> written = write({"result.json", stats::write_json}, result, folder);
        !written) {
        return written;
    }
    return write_renderings(result, folder);
}

Result<void> write_renderings(const stats::RunResult& result, const std::string& folder) {
    // A disk that has no room for one of them may have it for the others.
    Result<void> all;
    for (const File& file : kRenderings) {
        Result<void> written = write(file, result, folder);
        if (!written && all) {
            all = std::move(written);
        }
    }
    return all;
}

}  // namespace twinstorm::report
