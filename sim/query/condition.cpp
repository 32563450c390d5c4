#include "twinstorm/query/condition.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "query/comparison.h"
#include "twinstorm/base/check.h"

namespace twinstorm::query {
namespace {

Truth truth(bool holds) {
    return holds ? Truth::kTrue : Truth::kFalse;
}

bool is_type_test(NodeKind kind) {
    return kind >= NodeKind::kIsDefined;
}

// Types are known even of what is missing: it has none.
Truth test_type(NodeKind kind, const boost::json::value* value) {
    if (value == nullptr) {
        return Truth::kFalse;
    }
    switch (kind) {
        case NodeKind::kIsDefined:
            return Truth::kTrue;
        case NodeKind::kIsNull:
            return truth(value->is_null());
        case NodeKind::kIsBool:
            return truth(value->is_bool());
        case NodeKind::kIsNumber:
            return truth(value->is_number());
        case NodeKind::kIsString:
            return truth(value->is_string());
        case NodeKind::kIsObject:
            return truth(value->is_object());
        case NodeKind::kIsArray:
            return truth(value->is_array());
        case NodeKind::kIsPrimitive:
            return truth(!value->is_structured());
        default:
            TWINSTORM_CHECK(false);
    }
}

Truth test_text(const Node& node, const boost::json::value& value) {
    const boost::json::string* string = value.if_string();
    if (string == nullptr) {
        return Truth::kUnknown;
    }
    const std::string_view text = *string;
    const std::string_view part = std::get<std::string>(node.literals.front());
    switch (node.kind) {
        case NodeKind::kStartsWith:
            return truth(text.starts_with(part));
        case NodeKind::kEndsWith:
            return truth(text.ends_with(part));
        default:
            return truth(text.find(part) != std::string_view::npos);
    }
}

bool is_among(const boost::json::value& value, const std::vector<Literal>& list) {
    return std::ranges::any_of(
        list, [&](const Literal& literal) { return compare(value, literal) == 0; });
}

Truth test_value(const Node& node, const boost::json::value& value) {
    switch (node.kind) {
        case NodeKind::kIn:
            return truth(is_among(value, node.literals));
        case NodeKind::kNotIn:
            return truth(!is_among(value, node.literals));
        case NodeKind::kStartsWith:
        case NodeKind::kEndsWith:
        case NodeKind::kContains:
            return test_text(node, value);
        case NodeKind::kIsTrue:
            return truth(value.is_bool() && value.get_bool());
        default:
            return relate(node.kind, compare(value, node.literals.front()));
    }
}

Truth evaluate(const Node& node, const boost::json::object& document);

// AND and OR: the term at `end` of the scale decides alone, else the one nearest to it.
Truth evaluate_terms(const Node& node, const boost::json::object& document, Truth end) {
    bool unknown = false;
    for (const Node& term : node.terms) {
        const Truth truth = evaluate(term, document);
        if (truth == end) {
            return end;
        }
        unknown = unknown || truth == Truth::kUnknown;
    }
    if (unknown) {
        return Truth::kUnknown;
    }
    return end == Truth::kFalse ? Truth::kTrue : Truth::kFalse;
}

Truth negate(Truth truth) {
    return static_cast<Truth>(static_cast<int>(Truth::kTrue) - static_cast<int>(truth));
}

// Recursion ends: the parser lets nothing through that is nested deeper than kConditionDepthMax.
Truth evaluate(const Node& node, const boost::json::object& document) {
    switch (node.kind) {
        case NodeKind::kConstant:
            return node.constant;
        case NodeKind::kAnd:
            return evaluate_terms(node, document, Truth::kFalse);
        case NodeKind::kOr:
            return evaluate_terms(node, document, Truth::kTrue);
        case NodeKind::kNot:
            return negate(evaluate(node.terms.front(), document));
        default:
            break;
    }
    const boost::json::value* value = node.path.find(document);
    if (is_type_test(node.kind)) {
        return test_type(node.kind, value);
    }
    return value == nullptr ? Truth::kUnknown : test_value(node, *value);
}

Roots roots_of(const Node& node) {
    Roots roots = node.path.roots();
    for (const Node& term : node.terms) {
        roots |= roots_of(term);
    }
    return roots;
}

bool names_devices(const Node& node) {
    return (node.kind == NodeKind::kEqual || node.kind == NodeKind::kIn) &&
           node.path.segments().size() == 1 && node.path.segments().front() == "deviceId";
}

}  // namespace

Condition::Condition(Source source, Node expression)
    : source_(source), expression_(std::move(expression)), roots_(roots_of(expression_)) {}

bool Condition::matches(const boost::json::object& document) const {
    return evaluate(expression_, document) == Truth::kTrue;
}

bool Condition::matches_all() const {
    return expression_.kind == NodeKind::kConstant && expression_.constant == Truth::kTrue;
}

std::optional<std::vector<std::string_view>> Condition::device_ids() const {
    const Node* naming = names_devices(expression_) ? &expression_ : nullptr;
    if (expression_.kind == NodeKind::kAnd) {
        const auto term = std::ranges::find_if(expression_.terms, names_devices);
        naming = term == expression_.terms.end() ? nullptr : &*term;
    }
    if (naming == nullptr) {
        return std::nullopt;
    }
    std::vector<std::string_view> ids;
    for (const Literal& literal : naming->literals) {
        if (const auto* id = std::get_if<std::string>(&literal)) {  // Others are no device's.
            ids.push_back(*id);
        }
    }
    return ids;
}

}  // namespace twinstorm::query
