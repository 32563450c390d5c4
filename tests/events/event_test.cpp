#include "twinstorm/events/event.h"

#include <gtest/gtest.h>

namespace twinstorm::events {
namespace {

TEST(Event, SourcesHaveTheNamesOfTheAnnotation) {
    EXPECT_EQ(name(Source::kTelemetry), "Telemetry");
    EXPECT_EQ(name(Source::kTwinChange), "twinChangeEvents");
    EXPECT_EQ(name(Source::kDeviceLifecycle), "deviceLifecycleEvents");
    EXPECT_EQ(name(Source::kDeviceConnectionState), "deviceConnectionStateEvents");
}

TEST(Event, OnlyTelemetryHasNoSchema) {
    EXPECT_EQ(schema_name(Source::kTelemetry), "");
    EXPECT_EQ(schema_name(Source::kTwinChange), "twinChangeNotification");
    EXPECT_EQ(schema_name(Source::kDeviceLifecycle), "deviceLifecycleNotification");
    EXPECT_EQ(schema_name(Source::kDeviceConnectionState), "deviceConnectionStateNotification");
}

}  // namespace
}  // namespace twinstorm::events
