#include "scenario/yaml_tree.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/emitter.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace twinstorm::scenario {
namespace {

constexpr std::string_view kPlainTag = "?";
constexpr std::string_view kQuotedTag = "!";

Place place_of(const YAML::Mark& mark, int text) {
    return mark.is_null() ? Place{text, 1, 1} : Place{text, mark.line + 1, mark.column + 1};
}

// Builds the tree from the parser's events. The first fault ends it; what follows is passed over.
class Builder final : public YAML::EventHandler {
public:
    explicit Builder(int text) : text_(text) { root_.place = Place{text, 1, 1}; }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) {
            blame(mark, "a second document; expected one");
        }
    }
    void OnDocumentEnd() override {}
    void OnAnchor(const YAML::Mark& mark, const std::string& /*name*/) override {
        blame(mark, "anchors are not supported; expected the value itself");
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
        blame(mark, "aliases are not supported; expected the value itself");
    }
    void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
        add(make(Value::Kind::kNull, mark));
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                  const std::string& text) override {
        check_tag(mark, tag);
        Value value = make(Value::Kind::kScalar, mark);
        value.scalar = text;
        value.quoted = tag == kQuotedTag;
        add(std::move(value));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                         YAML::EmitterStyle::value style) override {
        begin(Value::Kind::kList, mark, tag, style);
    }
    void OnSequenceEnd() override { end(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                    YAML::EmitterStyle::value style) override {
        begin(Value::Kind::kMap, mark, tag, style);
    }
    void OnMapEnd() override { end(); }

    [[nodiscard]] const std::optional<YamlFault>& fault() const { return fault_; }
    [[nodiscard]] Value take() { return std::move(root_); }

private:
    struct Frame {
        Value value;
        std::optional<Value> key;  // Of a map: read, and waiting for its value.
    };

    void blame(const YAML::Mark& mark, std::string what) {
        if (!fault_) {
            fault_ = YamlFault{place_of(mark, text_), std::move(what)};
        }
    }

    void check_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != kPlainTag && tag != kQuotedTag) {
            blame(mark, "tags are not supported; expected the value alone");
        }
    }

    Value make(Value::Kind kind, const YAML::Mark& mark) const {
        Value value;
        value.kind = kind;
        value.place = place_of(mark, text_);
        return value;
    }

    void begin(Value::Kind kind, const YAML::Mark& mark, const std::string& tag,
               YAML::EmitterStyle::value style) {
        check_tag(mark, tag);
        if (frames_.size() >= kNestingMax) {
            blame(mark, fmt::format("nested too deeply; expected at most {} levels", kNestingMax));
        }
        if (!fault_) {
            Value value = make(kind, mark);
            value.flow = style == YAML::EmitterStyle::Flow;
            frames_.push_back({std::move(value), std::nullopt});
        }
    }

    void end() {
        if (!fault_) {
            Value value = std::move(frames_.back().value);
            frames_.pop_back();
            add(std::move(value));
        }
    }

    void add(Value value) {
        if (fault_) {
            return;
        }
        if (frames_.empty()) {
            root_ = std::move(value);
            return;
        }
        Frame& frame = frames_.back();
        if (frame.value.kind == Value::Kind::kList) {
            frame.value.items.push_back(std::move(value));
        } else if (frame.key) {
            add_entry(frame, std::move(value));
        } else if (value.kind == Value::Kind::kScalar) {
            frame.key = std::move(value);
        } else {
            fault_ = YamlFault{value.place, "a key that is no plain text"};
        }
    }

    static void add_entry(Frame& frame, Value value) {
        if (value.kind == Value::Kind::kNull) {
            // The parser places a value left out at whatever comes next.
            value.place = frame.key->place;
        }
        frame.value.entries.push_back(
            {std::move(frame.key->scalar), frame.key->place, std::move(value)});
        frame.key.reset();
    }

    int text_;
    int documents_ = 0;
    Value root_;
    std::vector<Frame> frames_;
    std::optional<YamlFault> fault_;
};

void emit(YAML::Emitter& out, const Value& value) {
    switch (value.kind) {
        case Value::Kind::kNull:
            out << YAML::Null;
            return;
        case Value::Kind::kScalar:
            out << (value.quoted ? YAML::DoubleQuoted : YAML::Auto) << value.scalar;
            return;
        case Value::Kind::kList:
            out << (value.flow ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
            for (const Value& item : value.items) {
                emit(out, item);
            }
            out << YAML::EndSeq;
            return;
        case Value::Kind::kMap:
            out << (value.flow ? YAML::Flow : YAML::Block) << YAML::BeginMap;
            for (const Value::Entry& entry : value.entries) {
                out << YAML::Key << entry.key << YAML::Value;
                emit(out, entry.value);
            }
            out << YAML::EndMap;
            return;
    }
}

}  // namespace

Value* Value::find(std::string_view key) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry.key == key; });
    return found == entries.end() ? nullptr : &found->value;
}

const Value* Value::find(std::string_view key) const {
    return const_cast<Value*>(this)->find(key);
}

tl::expected<Value, YamlFault> parse_yaml(std::string_view yaml, int text) {
    if (yaml.size() > kScenarioBytesMax) {
        return tl::unexpected<YamlFault>(
            {{text, 1, 1},
             fmt::format("{} bytes long; expected at most {}", yaml.size(), kScenarioBytesMax)});
    }
    Builder builder(text);
    try {
        std::istringstream stream{std::string(yaml)};
        YAML::Parser parser(stream);
        while (!builder.fault() && parser.HandleNextDocument(builder)) {
        }
    } catch (const YAML::Exception& error) {
        if (!builder.fault()) {
            return tl::unexpected<YamlFault>(
                {place_of(error.mark, text), "not well-formed YAML: " + error.msg});
        }
    }
    if (builder.fault()) {
        return tl::unexpected<YamlFault>(*builder.fault());
    }
    return builder.take();
}

std::string emit_yaml(const Value& value) {
    YAML::Emitter out;
    emit(out, value);
    return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace twinstorm::scenario
