#include "twinstorm/iothub/property_bag.h"

#include <algorithm>

#include "iothub/percent_reader.h"
#include "iothub/query_string.h"
#include "twinstorm/iothub/percent.h"

namespace twinstorm::iothub {
namespace {

constexpr std::string_view kSystemPrefix = "$.";

// Documentation shows a leading `?`; the C# SDK, and Node's for module outputs, add a trailing `/`.
std::string_view trim(std::string_view bag) {
    if (bag.starts_with('?')) {
        bag.remove_prefix(1);
    }
    if (bag.ends_with('/')) {
        bag.remove_suffix(1);
    }
    return bag;
}

// Reads one pair into the glance; false for a bad escape.
class Glancer {
public:
    [[nodiscard]] bool add(const QueryPair& pair);
    [[nodiscard]] const BagGlance& result() const { return glance_; }

private:
    void note_system(std::string_view key, std::string_view value);

    BagGlance glance_;
    bool has_interface_ = false;
    bool has_message_id_ = false;
};

bool Glancer::add(const QueryPair& pair) {
    const std::string_view value = pair.value.value_or(std::string_view());
    const auto key_bytes = decoded_size(pair.key);
    const auto value_bytes = decoded_size(value);
    if (!key_bytes || !value_bytes) {
        return false;
    }
    glance_.metered_bytes += *value_bytes;
    if (decoded_starts_with(pair.key, kSystemPrefix)) {
        note_system(pair.key, value);
    } else {
        glance_.metered_bytes += *key_bytes;
    }
    return true;
}

// The first of several equal keys counts, as in PropertyBag::find().
void Glancer::note_system(std::string_view key, std::string_view value) {
    if (!has_interface_ && decodes_to(key, system_property::kInterfaceId)) {
        has_interface_ = true;
        glance_.security_message = decodes_to(value, kSecurityInterfaceId);
    } else if (!has_message_id_ && decodes_to(key, system_property::kMessageId)) {
        has_message_id_ = true;
        glance_.message_id = value;
    }
}

}  // namespace

Result<PropertyBag> PropertyBag::parse(std::string_view text) {
    PropertyBag bag;
    QueryReader reader(trim(text));
    while (const auto pair = reader.next()) {
        auto key = percent_decode(pair->key);
        auto value = percent_decode(pair->value.value_or(std::string_view()));
        if (!key || !value) {
            return fail(ErrorCode::kInvalidArgument,
                        "A property of the bag is not percent-encoded properly.");
        }
        bag.properties_.push_back({*std::move(key), std::nullopt});
        if (pair->value) {
            bag.properties_.back().value = *std::move(value);
        }
    }
    return bag;
}

void PropertyBag::set(std::string_view key, std::string_view value) {
    const auto found = std::ranges::find(properties_, key, &Property::key);
    if (found == properties_.end()) {
        properties_.push_back({std::string(key), std::string(value)});
    } else {
        found->value = value;
    }
}

std::optional<std::string_view> PropertyBag::find(std::string_view key) const {
    const auto found = std::ranges::find(properties_, key, &Property::key);
    if (found == properties_.end()) {
        return std::nullopt;
    }
    return found->value ? std::string_view(*found->value) : std::string_view();
}

std::string PropertyBag::format() const {
    std::string text;
    for (const Property& property : properties_) {
        if (!text.empty()) {
            text += '&';
        }
        text += percent_encode(property.key);
        if (property.value) {
            text += '=';
            text += percent_encode(*property.value);
        }
    }
    return text;
}

bool PropertyBag::is_security_message() const {
    return find(system_property::kInterfaceId) == kSecurityInterfaceId;
}

std::size_t PropertyBag::metered_bytes() const {
    std::size_t bytes = 0;
    for (const Property& property : properties_) {
        bytes += property.key.starts_with(kSystemPrefix) ? 0 : property.key.size();
        bytes += property.value ? property.value->size() : 0;
    }
    return bytes;
}

BagGlance glance(std::string_view bag) {
    Glancer glancer;
    QueryReader reader(trim(bag));
    while (const auto pair = reader.next()) {
        if (!glancer.add(*pair)) {
            return {false, {}, 0, false};
        }
    }
    return glancer.result();
}

}  // namespace twinstorm::iothub
