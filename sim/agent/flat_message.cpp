#include "agent/flat_message.h"

#include "twinstorm/base/check.h"

namespace twinstorm::agent {
namespace {

constexpr std::string_view kModuleId = "defender-iot-micro-agent";

// What comes at the end: the message's table, its name and version, the vector of events, and for
// what is still open the payload and the event around it, each with a vtable and padding.
constexpr std::size_t kEnvelopeBytesMax = 128;
constexpr std::size_t kOpenEventBytesMax = 96;

}  // namespace

FlatMessage::FlatMessage(Batch& batch, FlatScratch& scratch, const Options& options)
    : batch_(batch), scratch_(scratch), options_(options) {}

flat::Offset FlatMessage::text(std::string_view text) {
    return builder().CreateString(text.data(), text.size()).Union();
}

bool FlatMessage::fits(std::size_t bytes_more) const {
    return empty() || bytes() + bytes_more <= options_.bytes_max;
}

// In the order in which the schema's compiler adds fields, so that both make the same bytes.
void FlatMessage::add_event(const Event& event) {
    flatbuffers::FlatBufferBuilder& to = builder();
    const flatbuffers::uoffset_t start = to.StartTable();
    to.AddOffset(flat::event::kPayload, event.payload);
    to.AddElement<std::uint32_t>(flat::event::kCollectionInterval, event.collection_interval, 0);
    to.AddElement<std::uint32_t>(flat::event::kTime, event.time, 0);
    to.AddStruct(flat::event::kId, &event.id);
    to.AddElement<std::uint8_t>(flat::event::kPayloadType, static_cast<std::uint8_t>(event.type),
                                0);
    scratch_.events.emplace_back(to.EndTable(start));
}

void FlatMessage::count(host::PlaySet plays) {
    ++part_.events;
    part_.events_played += plays != 0 ? 1 : 0;
    part_.plays |= plays;
}

std::size_t FlatMessage::bytes() const {
    if (empty()) {
        return 0;
    }
    std::size_t offsets = scratch_.events.size();
    std::size_t most = scratch_.builder.GetSize() + kEnvelopeBytesMax;
    for (const auto* const open : {&scratch_.flows, &scratch_.items, &scratch_.records}) {
        offsets += open->size();
        most += open->empty() ? 0 : kOpenEventBytesMax;
    }
    return most + sizeof(flatbuffers::uoffset_t) * offsets;
}

void FlatMessage::end() {
    if (empty()) {
        return;
    }
    TWINSTORM_CHECK(scratch_.flows.empty() && scratch_.items.empty() && scratch_.records.empty());
    const std::size_t bytes_most = bytes();
    flatbuffers::FlatBufferBuilder& to = builder();
    const flat::Offset module_id = text(kModuleId);
    const auto events = to.CreateVector(scratch_.events.data(), scratch_.events.size());
    const flatbuffers::uoffset_t start = to.StartTable();
    to.AddOffset(flat::message::kEvents, events);
    to.AddElement<std::uint32_t>(flat::message::kModuleVersion, options_.module_version, 0);
    to.AddOffset(flat::message::kModuleId, module_id);
    to.Finish(flat::Offset(to.EndTable(start)));
    TWINSTORM_CHECK(to.GetSize() <= bytes_most);

    part_.begin = batch_.bytes.size();
    batch_.bytes.append(reinterpret_cast<const char*>(to.GetBufferPointer()), to.GetSize());
    part_.end = batch_.bytes.size();
    part_.encoding = Encoding::kFlatBuffers;
    part_.priority = options_.priority;
    batch_.parts.push_back(part_);
    part_ = {};
    scratch_.events.clear();
    to.Clear();
}

}  // namespace twinstorm::agent
