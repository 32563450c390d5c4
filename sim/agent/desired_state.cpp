#include "twinstorm/agent/desired_state.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "agent/desired_form.h"
#include "twinstorm/base/check.h"

namespace twinstorm::agent {
namespace {

namespace json = boost::json;

constexpr std::string_view kValueKey = "value";

// What stands in the desired section at a key.
struct Found {
    const json::value* value = nullptr;  // Null: absent.
    bool broken = false;                 // An object was expected on the way there.
};

Found find_next(const json::value& at, std::string_view name) {
    const json::object* const object = at.if_object();
    if (object == nullptr) {
        return {nullptr, true};
    }
    const json::value* const next = object->if_contains(name);
    // Null is how a twin says that a key is absent.
    return {next == nullptr || next->is_null() ? nullptr : next, false};
}

Found find(const json::object& desired, const DesiredKey& key, bool value_objects) {
    Found found{desired.if_contains(key.path.front()), false};
    if (found.value == nullptr || found.value->is_null()) {
        return {};
    }
    for (std::size_t i = 1; i < key.path.size() && found.value != nullptr; ++i) {
        found = find_next(*found.value, key.path[i]);
    }
    if (value_objects && found.value != nullptr) {
        found = find_next(*found.value, kValueKey);
    }
    return found;
}

// A peer chose these bytes: cut between characters, never inside of one.
std::string shown_name(std::string name) {
    if (name.size() > DesiredState::kInvalidNameBytesMax) {
        std::size_t length = DesiredState::kInvalidNameBytesMax;
        while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xc0) == 0x80) {
            --length;
        }
        name.resize(length);
    }
    return name;
}

class UnknownNames {
public:
    UnknownNames(const PersonaTemplate& source, std::vector<std::string>& names)
        : source_(source), names_(names) {}

    void collect(const json::object& object, const std::string& prefix) {
        for (const auto& [key, value] : object) {
            // `$version` and the like are the hub's.
            if (names_.size() >= DesiredState::kInvalidNamesMax || key.starts_with('$')) {
                continue;
            }
            const std::string name = prefix + std::string(key);
            const bool has_more = leads_to_known(name + ".");
            if (has_more && value.is_object()) {
                collect(value.get_object(), name + ".");
            } else if (!has_more && !is_known(name)) {
                names_.push_back(shown_name(name));
            }
        }
    }

private:
    [[nodiscard]] bool is_known(std::string_view name) const {
        return std::any_of(source_.desired.begin(), source_.desired.end(),
                           [&](const DesiredKey& key) { return key.name == name; });
    }
    [[nodiscard]] bool leads_to_known(std::string_view prefix) const {
        return std::any_of(source_.desired.begin(), source_.desired.end(),
                           [&](const DesiredKey& key) { return key.name.starts_with(prefix); });
    }

    const PersonaTemplate& source_;
    std::vector<std::string>& names_;
};

json::value names_value(const std::vector<std::string>& names, bool as_text) {
    if (names.empty()) {
        return nullptr;
    }
    if (!as_text) {
        return json::array(names.begin(), names.end());
    }
    std::string text;
    for (const std::string& name : names) {
        // A hub refuses a report with a longer string, and then nobody would hear of any.
        if (text.size() + 1 + name.size() > kDesiredTextBytesMax) {
            break;
        }
        text.append(text.empty() ? "" : ",").append(name);
    }
    return json::value(text);
}

}  // namespace

std::vector<std::string> DesiredState::take(const json::object& desired) {
    std::vector<std::string> invalid;
    std::vector<std::pair<std::uint16_t, DesiredValue>> taken;
    for (std::size_t i = 0; i < source().desired.size(); ++i) {
        const DesiredKey& key = source().desired[i];
        const Found found = find(desired, key, source().value_objects);
        if (found.value == nullptr && !found.broken) {
            continue;
        }
        auto value = found.broken ? std::nullopt : from_json(key, *found.value);
        if (!value) {
            if (invalid.size() < kInvalidNamesMax) {
                invalid.push_back(key.name);
            }
        } else if (*value != key.standard) {
            taken.emplace_back(static_cast<std::uint16_t>(i), std::move(*value));
        }
    }
    if (persona_->options.unknown_keys == UnknownKeys::kInvalid) {
        UnknownNames(source(), invalid).collect(desired, "");
    }
    if (invalid.empty() || persona_->options.beside_invalid == BesideInvalid::kApplied) {
        changed_ = std::move(taken);
    }
    return invalid;
}

std::optional<json::object> DesiredState::report(const std::vector<std::string>& invalid) const {
    switch (source().report) {
        case ReportForm::kMirror:
            return mirror();
        case ReportForm::kState: {
            json::object patch;
            patch[source().state_key] = invalid.empty() ? source().success : source().failed;
            patch[source().invalid_key] =
                names_value(invalid, persona_->options.invalid_fields_as_text);
            return patch;
        }
        case ReportForm::kNone:
            break;
    }
    return std::nullopt;
}

const DesiredValue& DesiredState::effective(std::size_t key) const {
    TWINSTORM_CHECK(key < source().desired.size());
    const auto found = std::find_if(changed_.begin(), changed_.end(),
                                    [&](const auto& changed) { return changed.first == key; });
    return found == changed_.end() ? source().desired[key].standard : found->second;
}

json::object DesiredState::mirror() const {
    json::object patch;
    for (std::size_t i = 0; i < source().desired.size(); ++i) {
        const DesiredKey& key = source().desired[i];
        json::object* at = &patch;
        for (std::size_t step = 0; step + 1 < key.path.size(); ++step) {
            json::value& next = (*at)[key.path[step]];
            at = next.is_object() ? &next.get_object() : &next.emplace_object();
        }
        json::value value = to_json(key, effective(i));
        if (source().value_objects) {
            value = json::object{{kValueKey, std::move(value)}};
        }
        (*at)[key.path.back()] = std::move(value);
    }
    return patch;
}

}  // namespace twinstorm::agent
