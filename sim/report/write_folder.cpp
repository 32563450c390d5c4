#include <array>
#include <string>
#include <string_view>

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
    for (const File& file : kRenderings) {
        if (Result<void> written = write(file, result, folder); !written) {
            return written;
        }
    }
    return {};
}

}  // namespace twinstorm::report
