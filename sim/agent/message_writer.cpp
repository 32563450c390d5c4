#include "agent/message_writer.h"

#include <memory>

#include "agent/write_scratch.h"
#include "twinstorm/base/check.h"

namespace twinstorm::agent {

Batch::Batch() = default;
Batch::~Batch() = default;
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;

MessageWriter::MessageWriter(Batch& batch, const Sender& sender, SendPriority priority) {
    TWINSTORM_CHECK(sender.encoding != Encoding::kTemplate);
    if (!batch.scratch) {
        batch.scratch = std::make_unique<WriteScratch>();
    }
    if (sender.encoding == Encoding::kFlatBuffers) {
        flat_.emplace(batch, batch.scratch->flat, sender, priority);
    } else {
        json_.emplace(batch, batch.scratch->json, sender, priority);
    }
}

void MessageWriter::collected_every(std::uint32_t seconds) {
    if (flat_) {
        flat_->collected_every(seconds);
    }
}

bool MessageWriter::add(const Kept<host::ProcessEvent>& entry) {
    return add_either(entry);
}

bool MessageWriter::add(const Kept<host::FlowEvent>& entry) {
    return add_either(entry);
}

bool MessageWriter::add(const Kept<host::LoginEvent>& entry) {
    return json_ && json_->add(entry);
}

bool MessageWriter::add(const Kept<host::FileEvent>& entry) {
    return json_ && json_->add(entry);
}

bool MessageWriter::add(const Kept<host::PeripheralEvent>& entry) {
    return json_ && json_->add(entry);
}

bool MessageWriter::add(const host::LogEvent& line) {
    return add_either(line);
}

void MessageWriter::begin_flows(TimePoint at) {
    if (flat_) {
        flat_->begin_flows(at);
    }
}

void MessageWriter::end_flows() {
    if (flat_) {
        flat_->end_flows();
    }
}

bool MessageWriter::add_heartbeat(TimePoint at) {
    if (json_) {
        return json_->add_heartbeat(at);
    }
    flat_->add_heartbeat(at);
    return true;
}

bool MessageWriter::add_system_information(TimePoint at, const SystemInformationFacts& facts) {
    if (json_) {
        return json_->add_system_information(at, facts);
    }
    flat_->add_system_information(at, facts);
    return true;
}

bool MessageWriter::add_baseline(TimePoint at, std::span<const host::CheckFinding> findings) {
    if (json_) {
        return json_->add_baseline(at, findings);
    }
    flat_->add_baseline(at, findings);
    return true;
}

bool MessageWriter::add_packages(TimePoint at, std::span<const std::uint16_t> packages) {
    return json_ && json_->add_packages(at, packages);
}

bool MessageWriter::add_listening_ports(TimePoint at, std::span<const std::uint16_t> ports) {
    if (json_) {
        return json_->add_listening_ports(at, ports);
    }
    flat_->add_listening_ports(at, ports);
    return true;
}

bool MessageWriter::add_users(TimePoint at, std::span<const std::uint16_t> users) {
    return json_ && json_->add_users(at, users);
}

bool MessageWriter::add_firewall(TimePoint at, std::span<const std::uint16_t> rules) {
    return json_ && json_->add_firewall(at, rules);
}

bool MessageWriter::add_hardware(TimePoint at, std::span<const std::uint16_t> hardware) {
    return json_ && json_->add_hardware(at, hardware);
}

bool MessageWriter::add(TimePoint at, std::span<const QueueStatistics> queues) {
    return json_ && json_->add(at, queues);
}

bool MessageWriter::add(TimePoint at, const MessageStatistics& messages) {
    return json_ && json_->add(at, messages);
}

bool MessageWriter::add(TimePoint at, std::span<const CollectorStatistics> rows) {
    return json_ && json_->add(at, rows);
}

bool MessageWriter::add(TimePoint at, const ConfigurationMistake& mistake) {
    return json_ && json_->add(at, mistake);
}

std::size_t MessageWriter::bytes() const {
    return json_ ? json_->bytes() : flat_->bytes();
}

void MessageWriter::finish() {
    if (json_) {
        json_->finish();
    } else {
        flat_->finish();
    }
}

template <class Entry>
bool MessageWriter::add_either(const Entry& entry) {
    if (json_) {
        return json_->add(entry);
    }
    flat_->add(entry);
    return true;
}

}  // namespace twinstorm::agent
