#include "paho_link/kept_messages.h"

#include <algorithm>

#include "paho_link/limits.h"

namespace twinstorm::paho_link {

bool KeptMessages::full() const {
    return messages_.size() >= kKeptMax;
}

bool KeptMessages::erase(net::PublishId id) {
    const auto entry = find(id);
    if (entry == messages_.end()) {
        return false;
    }
    messages_.erase(entry);
    return true;
}

void KeptMessages::given_up(net::PublishId id) {
    const auto entry = find(id);
    if (entry != messages_.end()) {
        entry->with_paho = false;
    }
}

void KeptMessages::given_up_all() {
    for (KeptMessage& message : messages_) {
        message.with_paho = false;
    }
}

std::deque<KeptMessage>::iterator KeptMessages::find(net::PublishId id) {
    return std::ranges::find(messages_, id, &KeptMessage::id);
}

}  // namespace twinstorm::paho_link
