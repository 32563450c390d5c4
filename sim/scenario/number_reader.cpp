#include "scenario/number_reader.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "scenario/value_reader.h"

namespace twinstorm::scenario {
namespace {

template <class T>
std::optional<T> read(const Value& value, std::string_view what, Mistakes& mistakes) {
    T number{};
    const char* const end = value.scalar.data() + value.scalar.size();
    const auto [rest, error] = std::from_chars(value.scalar.data(), end, number);
    const bool whole = value.kind == Value::Kind::kScalar && !value.quoted && rest == end;
    // Neither infinity nor its kin can stand in JSON.
    if (!whole || error != std::errc() || !std::isfinite(static_cast<double>(number))) {
        mistakes.add(value.place,
                     fmt::format("{} is out of place; expected {}", describe(value), what));
        return std::nullopt;
    }
    return number;
}

}  // namespace

std::optional<std::int64_t> read_integer(const Value& value, Mistakes& mistakes) {
    return read<std::int64_t>(value, "a whole number", mistakes);
}

std::optional<double> read_number(const Value& value, Mistakes& mistakes) {
    return read<double>(value, "a number", mistakes);
}

}  // namespace twinstorm::scenario
