// The law of net::MessageLink, for all its implementations: what a device may rely on, whoever
// carries it. Each is an instantiation of this suite with its LinkKind.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/message_link_world.h"

namespace twinstorm {

class MessageLinkSuite : public testing::TestWithParam<LinkKind> {};

}  // namespace twinstorm
