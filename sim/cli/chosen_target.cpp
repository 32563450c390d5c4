#include "cli/chosen_target.h"

#include <utility>

namespace twinstorm::cli {

Result<ChosenTarget> choose_target(const plan::Hub& hub, const std::string& hub_log) {
    ChosenTarget chosen;
    if (const auto* const mock = std::get_if<plan::MockHub>(&hub)) {
        auto child = HubChild::start(*mock, hub_log);
        if (!child) {
            return fail(child.error());
        }
        chosen.target = child->ready().target;
        chosen.ca_file = child->ready().ca_file;
        chosen.child.emplace(std::move(*child));
        return chosen;
    }
    const auto& real = std::get<plan::RealHub>(hub);
    if (!real.ready_file.empty()) {
        auto ready = run::read_ready_file(real.ready_file);
        if (!ready) {
            return fail(ready.error());
        }
        chosen.target = std::move(ready->target);
        chosen.ca_file = std::move(ready->ca_file);
        return chosen;
    }
    auto target = run::real_target(real.connection_string);
    if (!target) {
        return fail(target.error());
    }
    chosen.target = std::move(*target);
    return chosen;
}

}  // namespace twinstorm::cli
