// An enrolment: who may register, how it proves itself, and where it is sent.
//
// Units: bytes of JSON come and go through enrollment_document.h only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "twinstorm/base/time.h"
#include "twinstorm/iothub/certificate.h"

namespace twinstorm::dps {

struct Attestation {
    enum class Kind : std::uint8_t { kSymmetricKey, kX509 };

    Kind kind = Kind::kSymmetricKey;
    std::string primary_key{};  // Base64.
    std::string secondary_key{};
    std::optional<iothub::Certificate> primary{};  // A client's own, or a group's CA.
    std::optional<iothub::Certificate> secondary{};
};

enum class Allocation : std::uint8_t { kHashed, kStatic, kGeoLatency };

// Names one: individual enrolments and groups have ids of their own.
struct EnrollmentName {
    bool group = false;
    std::string id;
};

struct Enrollment {
    EnrollmentName name;  // As it was first spelled.
    Attestation attestation;
    std::string device_id;          // Empty: the registration id. Individual ones only.
    std::vector<std::string> hubs;  // Empty: all linked hubs.
    Allocation allocation = Allocation::kHashed;
    bool update_hub_assignment = true;
    bool migrate_device_data = true;
    bool enabled = true;
    bool edge = false;
    boost::json::object initial_twin;
    boost::json::value device_information;
    std::string etag;
    WallTime created{};
    WallTime updated{};
};

}  // namespace twinstorm::dps
