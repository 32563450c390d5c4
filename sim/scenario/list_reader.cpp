#include "scenario/list_reader.h"

#include <fmt/format.h>

#include "scenario/value_reader.h"

namespace twinstorm::scenario {

const std::vector<Value>& read_list(const Value& value, const ListForm& form, Mistakes& mistakes) {
    static const std::vector<Value> kEmpty;
    if (value.kind != Value::Kind::kList && value.kind != Value::Kind::kNull) {
        mistakes.add(value.place,
                     fmt::format("{} where a list of {} belongs", describe(value), form.what));
        return kEmpty;
    }
    if (value.items.size() < form.items_min || value.items.size() > form.items_max) {
        mistakes.add(value.place, fmt::format("{} {}; expected {} to {}", value.items.size(),
                                              form.what, form.items_min, form.items_max));
        return kEmpty;
    }
    return value.items;
}

}  // namespace twinstorm::scenario
