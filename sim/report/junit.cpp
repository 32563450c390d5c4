#include <algorithm>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "report/harness_text.h"
#include "report/numbers.h"
#include "report/text.h"
#include "report/verdict_text.h"
#include "twinstorm/report/report.h"

namespace twinstorm::report {
namespace {

pugi::xml_node add_case(pugi::xml_node& suite, const stats::RunResult& result,
                        std::string_view name) {
    pugi::xml_node node = suite.append_child("testcase");
    node.append_attribute("classname").set_value(("twinstorm." + printable(result.name)).c_str());
    node.append_attribute("name").set_value(printable(name).c_str());
    node.append_attribute("time").set_value("0");
    return node;
}

void add_outcome(pugi::xml_node& test_case, const char* kind, const std::string& message,
                 const std::string& body) {
    pugi::xml_node node = test_case.append_child(kind);
    node.append_attribute("message").set_value(printable(message).c_str());
    node.append_child(pugi::node_pcdata).set_value(printable(body).c_str());
}

void add_gate(pugi::xml_node& suite, const stats::RunResult& result,
              const stats::GateResult& gate) {
    pugi::xml_node node = add_case(suite, result, gate.expression);
    if (gate.passed) {
        return;
    }
    const GateText text = gate_text(gate);
    const std::string message =
        gate.actual
            ? fmt::format("{} was {}, the limit is {}", gate.metric, text.actual, text.limit)
            : fmt::format("{} has no value, the limit is {}", gate.metric, text.limit);
    add_outcome(node, "failure", message,
                fmt::format("{}\nactual: {}\nlimit: {}\n{}", gate.expression, text.actual,
                            text.limit, text.margin));
}

void add_properties(pugi::xml_node& suite, const stats::RunResult& result) {
    pugi::xml_node properties = suite.append_child("properties");
    for (const HarnessFact& fact : harness_facts(result)) {
        pugi::xml_node property = properties.append_child("property");
        property.append_attribute("name").set_value(("harness." + fact.name).c_str());
        property.append_attribute("value").set_value(
            printable(fmt::format("{} ({})", fact.answer, fact.detail)).c_str());
    }
}

// Gates of such a run may all have passed; the file must not look green for it.
std::size_t add_verdict(pugi::xml_node& suite, const stats::RunResult& result) {
    if (result.verdict == stats::Verdict::kInvalid) {
        pugi::xml_node node = add_case(suite, result, "validity");
        add_outcome(node, "error", verdict_sentence(result),
                    fmt::format("{}", fmt::join(result.validity.reasons, "\n")));
        return 1;
    }
    if (result.verdict == stats::Verdict::kInterrupted) {
        pugi::xml_node node = add_case(suite, result, "completion");
        add_outcome(node, "error", verdict_sentence(result), "interrupted");
        return 1;
    }
    return 0;
}

}  // namespace

std::string junit(const stats::RunResult& result) {
    pugi::xml_document document;
    pugi::xml_node declaration = document.append_child(pugi::node_declaration);
    declaration.append_attribute("version").set_value("1.0");
    declaration.append_attribute("encoding").set_value("UTF-8");
    pugi::xml_node suites = document.append_child("testsuites");
    pugi::xml_node suite = suites.append_child("testsuite");

    const auto failures = std::count_if(result.gates.begin(), result.gates.end(),
                                        [](const auto& gate) { return !gate.passed; });
    suite.append_attribute("name").set_value(("twinstorm " + printable(result.name)).c_str());
    pugi::xml_attribute tests = suite.append_attribute("tests");
    suite.append_attribute("failures").set_value(static_cast<long long>(failures));
    pugi::xml_attribute errors = suite.append_attribute("errors");
    suite.append_attribute("time").set_value(fmt::format("{:.3f}", result.duration_s).c_str());
    suite.append_attribute("timestamp").set_value(printable(result.started_at).c_str());

    add_properties(suite, result);
    for (const stats::GateResult& gate : result.gates) {
        add_gate(suite, result, gate);
    }
    const std::size_t erroneous = add_verdict(suite, result);
    tests.set_value(static_cast<unsigned long long>(result.gates.size() + erroneous));
    errors.set_value(static_cast<unsigned long long>(erroneous));

    std::ostringstream text;
    document.save(text, "  ");
    return text.str();
}

}  // namespace twinstorm::report
