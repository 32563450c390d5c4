#include "query/condition_parser.h"

// Past 300 lines: the rules of one grammar call each other, and are read together.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "query/comparison.h"
#include "query/literal_parser.h"
#include "twinstorm/query/query.h"

namespace twinstorm::query {
namespace {

struct Function {
    std::string_view name;
    NodeKind kind;
};

constexpr std::array<Function, 11> kFunctions{{
    {"is_defined", NodeKind::kIsDefined},
    {"is_null", NodeKind::kIsNull},
    {"is_bool", NodeKind::kIsBool},
    {"is_number", NodeKind::kIsNumber},
    {"is_string", NodeKind::kIsString},
    {"is_object", NodeKind::kIsObject},
    {"is_array", NodeKind::kIsArray},
    {"is_primitive", NodeKind::kIsPrimitive},
    {"STARTSWITH", NodeKind::kStartsWith},
    {"ENDSWITH", NodeKind::kEndsWith},
    {"CONTAINS", NodeKind::kContains},
}};

struct Relation {
    std::string_view symbol;
    NodeKind kind;
    NodeKind mirrored;  // For the constant on the left.
};

// Longer symbols come before those they begin with.
constexpr std::array<Relation, 7> kRelations{{
    {"!=", NodeKind::kNotEqual, NodeKind::kNotEqual},
    {"<>", NodeKind::kNotEqual, NodeKind::kNotEqual},
    {"<=", NodeKind::kLessOrEqual, NodeKind::kGreaterOrEqual},
    {">=", NodeKind::kGreaterOrEqual, NodeKind::kLessOrEqual},
    {"<", NodeKind::kLess, NodeKind::kGreater},
    {">", NodeKind::kGreater, NodeKind::kLess},
    {"=", NodeKind::kEqual, NodeKind::kEqual},
}};

constexpr std::array<std::string_view, 3> kOtherOperators{"LIKE", "BETWEEN", "IS"};

struct Operand {
    std::optional<Path> path{};
    Literal literal{};
    std::size_t position = 0;
};

class ConditionParser {
public:
    ConditionParser(Cursor& cursor, const Scope& scope) : cursor_(cursor), scope_(scope) {}

    [[nodiscard]] Node parse_or();

private:
    [[nodiscard]] Node parse_and();
    [[nodiscard]] Node parse_not();
    [[nodiscard]] Node parse_primary();
    [[nodiscard]] Node parse_parenthesis();
    [[nodiscard]] Node parse_test();
    [[nodiscard]] Node parse_list_test(Operand left, NodeKind kind);
    [[nodiscard]] Node parse_comparison(Operand left, const Relation& relation);
    [[nodiscard]] Node parse_call(const Function& function);
    [[nodiscard]] Node parse_call_comparison(Node call);
    [[nodiscard]] Operand parse_operand();
    [[nodiscard]] Node alone(Operand operand);
    [[nodiscard]] const Relation* take_relation();
    void refuse_arithmetic();
    void refuse_other_operators();
    void enter();
    void leave() { --depth_; }

    Cursor& cursor_;
    const Scope& scope_;
    int depth_ = 0;
};

Node joined(NodeKind kind, std::vector<Node> terms) {
    if (terms.size() == 1) {
        return std::move(terms.front());
    }
    return Node{.kind = kind, .terms = std::move(terms)};
}

Node negated(Node term) {
    Node node{.kind = NodeKind::kNot};
    node.terms.push_back(std::move(term));
    return node;
}

Node constant(Truth truth) {
    return Node{.kind = NodeKind::kConstant, .constant = truth};
}

// Every further parser call ends at once after the mistake, so the stack stays this deep.
void ConditionParser::enter() {
    if (++depth_ > kConditionDepthMax) {
        cursor_.fail_at(
            cursor_.position(),
            fmt::format("conditions are nested more than {} levels deep", kConditionDepthMax),
            ErrorCode::kLimitExceeded);
    }
}

Node ConditionParser::parse_or() {
    std::vector<Node> terms;
    do {
        terms.push_back(parse_and());
    } while (cursor_.take_word("OR"));
    return joined(NodeKind::kOr, std::move(terms));
}

Node ConditionParser::parse_and() {
    std::vector<Node> terms;
    do {
        terms.push_back(parse_not());
    } while (cursor_.take_word("AND"));
    return joined(NodeKind::kAnd, std::move(terms));
}

Node ConditionParser::parse_not() {
    if (!cursor_.take_word("NOT")) {
        return parse_primary();
    }
    enter();
    Node term = parse_not();
    leave();
    return negated(std::move(term));
}

Node ConditionParser::parse_primary() {
    if (cursor_.take("(")) {
        return parse_parenthesis();
    }
    return parse_test();
}

Node ConditionParser::parse_parenthesis() {
    if (refuse_sub_query(cursor_)) {
        return {};
    }
    enter();
    Node node = parse_or();
    leave();
    cursor_.expect(")");
    if (take_relation() != nullptr) {
        cursor_.fail_at(cursor_.position(),
                        "a comparison has a property on one side and a constant on the other");
    }
    return node;
}

Node ConditionParser::parse_test() {
    if (cursor_.at_call()) {
        const auto* function = std::ranges::find_if(
            kFunctions, [&](const Function& candidate) { return cursor_.is_word(candidate.name); });
        if (function == kFunctions.end()) {
            cursor_.fail_expected(
                "one of is_defined, is_null, is_bool, is_number, is_string, is_object, is_array, "
                "is_primitive, STARTSWITH, ENDSWITH, CONTAINS");
            return {};
        }
        cursor_.skip(function->name.size());
        return parse_call_comparison(parse_call(*function));
    }
    Operand left = parse_operand();
    if (cursor_.take_word("IN")) {
        return parse_list_test(std::move(left), NodeKind::kIn);
    }
    if (cursor_.take_word("NIN")) {
        return parse_list_test(std::move(left), NodeKind::kNotIn);
    }
    if (const Relation* relation = take_relation()) {
        return parse_comparison(std::move(left), *relation);
    }
    return alone(std::move(left));
}

Node ConditionParser::parse_list_test(Operand left, NodeKind kind) {
    if (!left.path) {
        cursor_.fail_at(left.position, "expected a property before IN or NIN, found a constant");
        return {};
    }
    if (cursor_.take("(") && !refuse_sub_query(cursor_)) {
        cursor_.fail_expected("a list in brackets, as in ['a', 'b']");
    }
    return Node{.kind = kind, .path = std::move(*left.path), .literals = parse_literals(cursor_)};
}

Node ConditionParser::parse_comparison(Operand left, const Relation& relation) {
    Operand right = parse_operand();
    refuse_arithmetic();
    if (cursor_.failed()) {
        return {};
    }
    if (left.path && right.path) {
        cursor_.fail_at(left.position,
                        "two properties cannot be compared: one side must be a constant, "
                        "a text in quotes");
        return {};
    }
    if (left.path) {
        return Node{.kind = relation.kind,
                    .path = std::move(*left.path),
                    .literals = {std::move(right.literal)}};
    }
    if (right.path) {
        return Node{.kind = relation.mirrored,
                    .path = std::move(*right.path),
                    .literals = {std::move(left.literal)}};
    }
    return constant(relate(relation.kind, compare(left.literal, right.literal)));
}

// A property or constant without an operator is a condition if it can be true or false.
Node ConditionParser::alone(Operand operand) {
    refuse_other_operators();
    if (cursor_.failed()) {
        return {};
    }
    if (operand.path) {
        return Node{.kind = NodeKind::kIsTrue, .path = std::move(*operand.path)};
    }
    if (const bool* literal = std::get_if<bool>(&operand.literal)) {
        return constant(*literal ? Truth::kTrue : Truth::kFalse);
    }
    cursor_.fail_expected("a comparison such as = or <>");
    return {};
}

void ConditionParser::refuse_arithmetic() {
    constexpr std::string_view kOperators = "+-*/%";
    if (!cursor_.at_end() && kOperators.find(cursor_.peek()) != std::string_view::npos) {
        cursor_.fail_at(cursor_.position(), "arithmetic is not supported");
    }
}

void ConditionParser::refuse_other_operators() {
    refuse_arithmetic();
    const char next = cursor_.peek();
    const bool other = std::ranges::any_of(
        kOtherOperators, [&](std::string_view name) { return cursor_.is_word(name); });
    if (other || cursor_.is_word("NOT") || next == '!' || next == '~') {
        cursor_.fail_expected("one of = != <> < <= > >= IN NIN");
    }
}

Node ConditionParser::parse_call(const Function& function) {
    cursor_.expect("(");
    if (at_literal(cursor_)) {
        cursor_.fail_expected("the property to be tested");
        return {};
    }
    Node node{.kind = function.kind, .path = resolve(cursor_, parse_path(cursor_), scope_)};
    if (function.kind < NodeKind::kIsTrue) {
        cursor_.expect(",");
        if (!cursor_.failed() && !at_literal(cursor_)) {
            cursor_.fail_expected("a text in quotes: two properties cannot be compared");
        }
        node.literals.emplace_back(parse_string(cursor_));
    }
    cursor_.expect(")");
    return node;
}

// `is_defined(x) = false`: a function's value is a boolean like any other.
Node ConditionParser::parse_call_comparison(Node call) {
    const Relation* relation = take_relation();
    if (relation == nullptr) {
        return call;
    }
    const Literal literal = parse_literal(cursor_);
    const bool* expected = std::get_if<bool>(&literal);
    const bool equality =
        relation->kind == NodeKind::kEqual || relation->kind == NodeKind::kNotEqual;
    if (expected == nullptr || !equality) {
        cursor_.fail_at(cursor_.position(), "a function is compared by = or != with true or false");
        return {};
    }
    const bool as_it_is = *expected == (relation->kind == NodeKind::kEqual);
    return as_it_is ? std::move(call) : negated(std::move(call));
}

Operand ConditionParser::parse_operand() {
    Operand operand{.position = cursor_.position()};
    if (at_literal(cursor_)) {
        operand.literal = parse_literal(cursor_);
        return operand;
    }
    if (cursor_.peek() == '(' || cursor_.peek() == '=') {
        cursor_.take("(");
        refuse_sub_query(cursor_);
        cursor_.fail_expected("a property or a constant");
        return operand;
    }
    if (cursor_.peek() == '[' && !cursor_.rest().starts_with("[[")) {
        cursor_.fail_at(operand.position, "a list stands only after IN or NIN");
        return operand;
    }
    if (cursor_.at_call()) {
        cursor_.fail_at(operand.position, "a function cannot be compared with a property");
        return operand;
    }
    operand.path = resolve(cursor_, parse_path(cursor_), scope_);
    return operand;
}

const Relation* ConditionParser::take_relation() {
    for (const Relation& relation : kRelations) {
        if (cursor_.take(relation.symbol)) {
            return &relation;
        }
    }
    return nullptr;
}

}  // namespace

Node parse_expression(Cursor& cursor, const Scope& scope) {
    return ConditionParser(cursor, scope).parse_or();
}

bool refuse_sub_query(Cursor& cursor) {
    const bool here = cursor.is_word("SELECT");
    if (here) {
        cursor.fail_at(cursor.position(), "sub-queries are not supported");
    }
    return here;
}

}  // namespace twinstorm::query
