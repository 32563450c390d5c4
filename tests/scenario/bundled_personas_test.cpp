#include <gtest/gtest.h>

#include "twinstorm/agent/persona_template.h"
#include "twinstorm/scenario/persona_file.h"

namespace twinstorm::scenario {
namespace {

TEST(BundledPersonas, AreReadWithTheSameMeans) {
    for (const std::string_view name : bundled_persona_names()) {
        const auto persona = find_bundled_persona(name);
        ASSERT_TRUE(persona) << name;
        EXPECT_EQ(persona->name, name);
        EXPECT_EQ(persona->source->source, bundled_persona_text(name));
    }
    EXPECT_FALSE(find_bundled_persona("nobody"));
    EXPECT_TRUE(bundled_persona_text("nobody").empty());
}

TEST(BundledPersonas, NoneIsAPlainDevice) {
    const auto none = find_bundled_persona("none");
    ASSERT_TRUE(none);
    EXPECT_EQ(none->family, agent::Family::kTemplate);
    EXPECT_TRUE(none->module_id.empty());
    EXPECT_TRUE(none->has_twin);
    ASSERT_EQ(none->source->messages.size(), 1);
    EXPECT_EQ(none->source->messages[0].kind, agent::MessageKind::kTelemetry);
    EXPECT_TRUE(none->source->messages[0].every_key);
}

}  // namespace
}  // namespace twinstorm::scenario
