// Writes one page for each kind of result into a folder: what page_test.mjs opens in Chromium.

#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include "report/file_writer.h"
#include "support/sample_result.h"
#include "twinstorm/report/report.h"

namespace {

using twinstorm::stats::RunResult;

constexpr std::uint32_t kLong_s = 3'600;

struct Page {
    std::string_view name;
    RunResult (*result)();
};

constexpr std::array kPages{
    Page{"passed", twinstorm::test::sample_result},
    Page{"failed", twinstorm::test::failed_result},
    Page{"invalid", twinstorm::test::invalid_result},
    Page{"interrupted", twinstorm::test::interrupted_result},
    Page{"empty", twinstorm::test::empty_result},
    Page{"hostile", twinstorm::test::hostile_result},
    Page{"long", [] { return twinstorm::test::long_result(kLong_s); }},
};

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::fputs("usage: report_pages FOLDER\n", stderr);
        return 2;
    }
    const std::string folder = arguments[1];
    auto written = twinstorm::report::make_folders(folder);
    for (const Page& page : kPages) {
        const std::string path = folder + "/" + std::string(page.name) + ".html";
        written = written.and_then([&] {
            return twinstorm::report::write_file(path, twinstorm::report::html(page.result()));
        });
    }
    if (!written) {
        std::fputs((written.error().message() + "\n").c_str(), stderr);
        return 1;
    }
    return 0;
}
