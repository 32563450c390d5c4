#include "twinstorm/plan/id_pattern.h"

#include <fmt/format.h>

namespace twinstorm::plan {
namespace {

constexpr std::string_view kIndexName = "index";

tl::unexpected<Error> wrong_form(std::string_view text) {
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("`{}` is no id pattern; expected a form such as `gw-{{index:05}}`", text));
}

}  // namespace

Result<IdPattern> IdPattern::parse(std::string_view text) {
    const std::size_t open = text.find('{');
    const std::size_t close = text.find('}');
    if (open == std::string_view::npos && close == std::string_view::npos) {
        return IdPattern{std::string(text), "", 1, false};
    }
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        return wrong_form(text);
    }
    std::string_view field = text.substr(open + 1, close - open - 1);
    IdPattern pattern{std::string(text.substr(0, open)), std::string(text.substr(close + 1)), 1,
                      true};
    if (!field.starts_with(kIndexName) || pattern.suffix.find_first_of("{}") != std::string::npos) {
        return wrong_form(text);
    }
    field.remove_prefix(kIndexName.size());
    if (field.empty()) {
        return pattern;
    }
    // `:05`: a zero, then how many digits.
    if (field.size() != 3 || !field.starts_with(":0") || field[2] < '1' ||
        field[2] - '0' > kDigitsMax) {
        return wrong_form(text);
    }
    pattern.digits = field[2] - '0';
    return pattern;
}

std::string IdPattern::format(std::uint32_t index) const {
    return indexed ? fmt::format("{}{:0{}}{}", prefix, index, digits, suffix) : prefix;
}

}  // namespace twinstorm::plan
