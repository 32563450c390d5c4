#include "defender/json_value.h"

#include <algorithm>
#include <cstddef>

#include "defender/json_forms.h"

namespace twinstorm::defender {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

bool has_text_form(std::string_view text, Form form, bool shipped) {
    switch (form) {
        case Form::kText:
            return true;
        case Form::kGuid:
            return is_guid(text);
        case Form::kDateTime:
            return is_date_time(text, shipped ? Zone::kOptional : Zone::kRequired);
        case Form::kPort:
            return is_port(text);
        case Form::kAddress:
            return is_address(text);
        default:
            break;
    }
    if (shipped && form == Form::kCategory && text == kAggregated) {
        return true;
    }
    // The baseline tool's results pass through both agents in capitals.
    const bool any_case = shipped && form == Form::kBaselineResult;
    return std::ranges::any_of(allowed_values(form), [&](std::string_view allowed) {
        return any_case ? equal_ignoring_case(text, allowed) : text == allowed;
    });
}

std::uint32_t required(Fields fields, bool shipped) {
    std::uint32_t mask = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const Need need = fields[i].need;
        const bool counts =
            need == Need::kRequired || (need == Need::kRequiredWhenStrict && !shipped);
        mask |= std::uint32_t{counts} << i;
    }
    return mask;
}

}  // namespace twinstorm::defender
