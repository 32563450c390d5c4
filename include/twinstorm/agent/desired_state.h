// The desired keys of a persona file on one device: which values count now, and what is reported.
//
// Use:    take() the desired section, then report().
// Rules:  an absent key, and one that is null, has its default; so has a key of a wrong type or out
//         of its range, which is named as invalid. Other rules: AgentOptions.
// Owner:  one agent; borrows its Persona. Only what differs from the defaults is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "twinstorm/agent/persona.h"
#include "twinstorm/agent/persona_template.h"

namespace twinstorm::agent {

class DesiredState {
public:
    static constexpr std::size_t kInvalidNamesMax = 64;       // Those after it are not reported.
    static constexpr std::size_t kInvalidNameBytesMax = 128;  // A longer name is cut.

    explicit DesiredState(const Persona& persona) : persona_(&persona) {}

    // The names of the keys that were invalid: of known keys in the order of the persona file, then
    // unknown ones.
    [[nodiscard]] std::vector<std::string> take(const boost::json::object& desired);

    [[nodiscard]] std::optional<boost::json::object> report(
        const std::vector<std::string>& invalid) const;

    // `key` is an index into the template's desired keys.
    [[nodiscard]] const DesiredValue& effective(std::size_t key) const;

private:
    [[nodiscard]] const PersonaTemplate& source() const { return *persona_->source; }
    [[nodiscard]] boost::json::object mirror() const;

    const Persona* persona_;
    std::vector<std::pair<std::uint16_t, DesiredValue>> changed_;  // By key.
};

}  // namespace twinstorm::agent
