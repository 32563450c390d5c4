#include "scenario/persona_options.h"

#include <array>
#include <chrono>

#include <fmt/format.h>

#include "scenario/keys.h"
#include "scenario/value_reader.h"

namespace twinstorm::scenario {
namespace {

using namespace std::chrono_literals;

constexpr DurationRange kFirstCollection{0s, 24h, "0s to 1d"};

class WishReader {
public:
    WishReader(PersonaWishes& wishes, const std::string& path, Mistakes& mistakes)
        : wishes_(wishes), path_(path), mistakes_(mistakes) {}

    void read(const MapReader& map) {
        if (const Value* const profile = found(map, "profile")) {
            read_profile(*profile);
        }
        if (const Value* const encoding = found(map, "encoding")) {
            read_word(*encoding, ".encoding", wishes_.encoding);
        }
        if (const Value* const agent = found(map, "agent")) {
            read_agent(*agent);
        }
    }

private:
    const Value* found(const MapReader& map, std::string_view key) {
        const Value* const value = map.find(key);
        if (value != nullptr && !wishes_.place) {
            wishes_.place = value->place;
        }
        return value;
    }

    // Words stand in the order of their enumeration.
    template <class Word>
    void read_word(const Value& value, const char* key, std::optional<Word>& word) {
        if (const auto index = read_choice(value, choices(path_ + key), mistakes_)) {
            word = static_cast<Word>(*index);
        }
    }

    void read_profile(const Value& value) {
        const auto index = read_choice(value, choices(path_ + ".profile"), mistakes_);
        if (index) {
            wishes_.profile.emplace();
            if (*index < host::kKindCount) {
                wishes_.profile->kind = static_cast<host::Kind>(*index);
            }
        }
    }

    void read_agent(const Value& value) {
        const MapReader map(value, table(path_ + ".agent"), mistakes_);
        if (const Value* const messages = map.find("messages")) {
            read_word(*messages, ".agent.messages", wishes_.bundling);
        }
        if (const Value* const unknown = map.find("unknown_keys")) {
            read_word(*unknown, ".agent.unknown_keys", wishes_.unknown_keys);
        }
        if (const Value* const beside = map.find("beside_invalid")) {
            read_word(*beside, ".agent.beside_invalid", wishes_.beside_invalid);
        }
        if (const Value* const fields = map.find("invalid_fields")) {
            const auto index =
                read_choice(*fields, choices(path_ + ".agent.invalid_fields"), mistakes_);
            wishes_.invalid_fields_as_text =
                index ? std::optional(*index == 1) : std::nullopt;  // `list`, `text`
        }
        if (const Value* const whole = map.find("patch_is_whole")) {
            wishes_.patch_is_whole = read_flag(*whole, mistakes_);
        }
        if (const Value* const first = map.find("first_collection")) {
            read_first_collection(*first);
        }
    }

    void read_first_collection(const Value& value) {
        const MapReader map(value, table(path_ + ".agent.first_collection"), mistakes_);
        if (const Value* const min = map.find("min")) {
            wishes_.first_collection_min = read_duration(*min, kFirstCollection, mistakes_);
        }
        if (const Value* const max = map.find("max")) {
            wishes_.first_collection_max = read_duration(*max, kFirstCollection, mistakes_);
        }
        if (wishes_.first_collection_min && wishes_.first_collection_max &&
            *wishes_.first_collection_max < *wishes_.first_collection_min) {
            mistakes_.add(value.place,
                          "`max` is shorter than `min`; expected it to be at least as "
                          "long");
        }
    }

    PersonaWishes& wishes_;
    const std::string& path_;
    Mistakes& mistakes_;
};

}  // namespace

void PersonaWishes::apply(agent::AgentOptions& options) const {
    if (profile) {
        options.mixed_kinds = !profile->kind;
        options.kind = profile->kind.value_or(options.kind);
    }
    assign(options.encoding, encoding);
    assign(options.bundling, bundling);
    assign(options.unknown_keys, unknown_keys);
    assign(options.beside_invalid, beside_invalid);
    assign(options.invalid_fields_as_text, invalid_fields_as_text);
    assign(options.patch_is_whole, patch_is_whole);
    assign(options.first_collection_min, first_collection_min);
    assign(options.first_collection_max, first_collection_max);
}

PersonaWishes read_wishes(const MapReader& map, const std::string& path, Mistakes& mistakes) {
    PersonaWishes wishes;
    WishReader(wishes, path, mistakes).read(map);
    return wishes;
}

}  // namespace twinstorm::scenario
