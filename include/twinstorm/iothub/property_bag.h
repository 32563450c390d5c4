// The property bag at the end of a telemetry topic: `%24.mid=7&color=red`.
//
// System properties begin with `$.` (decoded); all others are the application's. Order is kept,
// because SDKs differ in it. A leading `?`, a trailing `/` and a key without `=` are tolerated.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "twinstorm/base/error.h"

namespace twinstorm::iothub {

namespace system_property {
inline constexpr std::string_view kMessageId = "$.mid";
inline constexpr std::string_view kCorrelationId = "$.cid";
inline constexpr std::string_view kUserId = "$.uid";
inline constexpr std::string_view kTo = "$.to";
inline constexpr std::string_view kExpiry = "$.exp";
inline constexpr std::string_view kContentType = "$.ct";
inline constexpr std::string_view kContentEncoding = "$.ce";
inline constexpr std::string_view kCreationTime = "$.ctime";
inline constexpr std::string_view kInterfaceId = "$.ifid";
inline constexpr std::string_view kSubject = "$.sub";
inline constexpr std::string_view kSchema = "$.schema";
inline constexpr std::string_view kOutputName = "$.on";
}  // namespace system_property

// Marks a message for Defender for IoT, in `$.ifid`.
inline constexpr std::string_view kSecurityInterfaceId = "urn:azureiot:Security:SecurityAgent:1";

struct Property {
    std::string key;                   // Decoded.
    std::optional<std::string> value;  // Decoded; none for a key without `=`.
    friend bool operator==(const Property&, const Property&) = default;
};

class PropertyBag {
public:
    [[nodiscard]] static Result<PropertyBag> parse(std::string_view text);

    void set(std::string_view key, std::string_view value);
    // The first property of this name counts. Empty for a key without `=`, too.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view key) const;
    [[nodiscard]] const std::vector<Property>& properties() const { return properties_; }
    [[nodiscard]] std::string format() const;
    [[nodiscard]] bool is_security_message() const;

    // What metering adds to the body: system values, application names and values (fact: hub docs).
    [[nodiscard]] std::size_t metered_bytes() const;

private:
    std::vector<Property> properties_;
};

// The hub's hot path: what a telemetry topic's bag means for counting, without allocation.
// `message_id` views the topic and is still percent-encoded.
struct BagGlance {
    bool security_message = false;
    std::string_view message_id;
    std::size_t metered_bytes = 0;
    bool valid = true;  // False for a bad percent escape.
};
[[nodiscard]] BagGlance glance(std::string_view bag);

}  // namespace twinstorm::iothub
