// The marks that a message carries in its topic, as the SDK below each agent writes them.

#include <cstddef>
#include <string_view>

#include "twinstorm/agent/agent.h"
#include "twinstorm/agent/persona_template.h"
#include "twinstorm/base/check.h"
#include "twinstorm/iothub/percent.h"
#include "twinstorm/iothub/property_bag.h"

namespace twinstorm::agent {
namespace {

// The SDK for C says the content encoding with each security message, even of one that is no JSON,
// and writes its hexadecimal in lower case; the others say the interface id alone, in upper case.
// `mti` is major.minor-encoding-source-type: documented for the RTOS with FlatBuffers only; for
// what else is asked for, as its parts suggest.
struct Bags {
    std::string_view plain;         // JSON.
    std::string_view flat_buffers;  // And what says so.
};

constexpr Bags kSdkForC{
    "&%24.ce=application%2fjson&%24.ifid=urn%3aazureiot%3aSecurity%3aSecurityAgent%3a1",
    "&mti=2.3-1-1-0&%24.ce=application%2fjson"
    "&%24.ifid=urn%3aazureiot%3aSecurity%3aSecurityAgent%3a1"};

constexpr Bags kRtos{"&mti=2.3-0-0-0&%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1",
                     "&mti=2.3-1-0-0&%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1"};

constexpr Bags kSdkForNetHigh{
    "&%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1&MessagePriority=High",
    "&mti=2.3-1-1-0&%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1&MessagePriority=High"};

constexpr Bags kSdkForNetLow{
    "&%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1&MessagePriority=Low",
    "&mti=2.3-1-1-0&%24.ifid=urn%3Aazureiot%3ASecurity%3ASecurityAgent%3A1&MessagePriority=Low"};

const Bags& bags_of(Family family, SendPriority priority) {
    switch (family) {
        case Family::kLegacyCs:
            return priority == SendPriority::kHigh ? kSdkForNetHigh : kSdkForNetLow;
        case Family::kMicroRtos:
            return kRtos;
        case Family::kMicroLinux:
        case Family::kLegacyC:
        case Family::kTemplate:
            break;
    }
    return kSdkForC;
}

// The agent in C# copies a setting of its twin into each message, also an empty one.
constexpr std::string_view kHubResourceId = "HubResourceId";

const LegacyAgent* agent_in_cs(const LegacyAgent* agent) {
    return agent != nullptr && agent->family() == Family::kLegacyCs ? agent : nullptr;
}

const MessageTemplate& written_message(const Persona& persona, const Part& part) {
    TWINSTORM_CHECK(persona.source != nullptr && part.message < persona.source->messages.size());
    return persona.source->messages[part.message];
}

}  // namespace

std::string_view property_bag(const Persona& persona, const Part& part) {
    if (persona.family == Family::kTemplate) {
        return written_message(persona, part).property_bag;
    }
    const Bags& bags = bags_of(persona.family, part.priority);
    return part.encoding == Encoding::kFlatBuffers ? bags.flat_buffers : bags.plain;
}

std::size_t property_bytes(const Persona& persona, const Part& part) {
    if (persona.family == Family::kTemplate) {
        return written_message(persona, part).property_bytes;
    }
    return iothub::glance(property_bag(persona, part).substr(1)).metered_bytes;
}

void Agent::append_properties(std::string& bag) const {
    if (const auto* const agent = agent_in_cs(std::get_if<LegacyAgent>(&agent_))) {
        bag.append("&").append(kHubResourceId).append("=");
        bag.append(iothub::percent_encode(agent->configuration().hub_resource_id));
    }
}

std::size_t Agent::own_property_bytes() const {
    const auto* const agent = agent_in_cs(std::get_if<LegacyAgent>(&agent_));
    return agent == nullptr ? 0
                            : kHubResourceId.size() + agent->configuration().hub_resource_id.size();
}

}  // namespace twinstorm::agent
