#include "twinstorm/defender/security_message.h"

#include <utility>

#include "defender/flat_message.h"
#include "defender/json_message.h"
#include "defender/message_type.h"
#include "defender/verdict.h"

namespace twinstorm::defender {
namespace {

constexpr unsigned kMajorVersion = 2;  // Minor ones add tables and fields, which readers skip.

Flaw check(std::string_view body, std::string_view message_type, Mode mode) {
    if (body.size() > kMessageBytesMax) {
        return flaw(Reason::kTooLarge);
    }
    if (message_type.empty()) {
        return check_json_message(body, mode);
    }
    const auto type = parse_message_type(message_type);
    if (!type) {
        return flaw(Reason::kMessageType, kMessageTypeProperty, message_type);
    }
    if (type->major != kMajorVersion) {
        return flaw(Reason::kSchemaVersion, kMessageTypeProperty, message_type);
    }
    return type->encoding == MessageType::Encoding::kJson ? check_json_message(body, mode)
                                                          : check_flat_message(body);
}

}  // namespace

Verdict judge(std::string_view body, std::string_view message_type, Mode mode) {
    auto found = check(body, message_type, mode);
    return found ? *std::move(found) : Verdict{};
}

}  // namespace twinstorm::defender
