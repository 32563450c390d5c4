#include "cli/provisioning.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace twinstorm::cli {

void Registrar::assign(dps::Assignment assignment, dps::AssignDone done, TimePoint now) {
    hub::DeviceSetup setup;
    setup.device_id = std::move(assignment.device_id);
    setup.primary_key = Secret(std::move(assignment.credentials.primary_key));
    setup.secondary_key = Secret(std::move(assignment.credentials.secondary_key));
    setup.primary_thumbprint = std::move(assignment.credentials.primary_thumbprint);
    setup.secondary_thumbprint = std::move(assignment.credentials.secondary_thumbprint);
    setup.edge = assignment.edge;
    setup.initial_twin = std::move(assignment.initial_twin);
    setup.reset_twin = assignment.reset_twin;
    hub_.set_up_device(
        std::move(setup),
        [host = std::move(assignment.hub), done = std::move(done)](const Result<bool>& existed,
                                                                   TimePoint then) {
            if (existed) {
                done(dps::Assigned{host, *existed}, then);
            } else {
                done(fail(existed.error()), then);
            }
        },
        now);
}

bool SharedHttps::for_provisioning(std::string_view target) const {
    if (!target.starts_with('/')) {
        return false;
    }
    target.remove_prefix(1);
    const std::string_view first = target.substr(0, target.find_first_of("/?"));
    return first == service_.id_scope() || first == "enrollments" || first == "enrollmentGroups" ||
           first == "registrations";
}

void SharedHttps::handle(net::HttpRequest request, net::HttpReply reply, TimePoint now) {
    if (!for_provisioning(request.target)) {
        hub_.handle(std::move(request), std::move(reply), now);
        return;
    }
    if (&here_ == &front_) {
        service_.rest().handle(std::move(request), std::move(reply), now);
        return;
    }
    // Shared because posted work must be copyable; the request goes there, the answer comes back.
    auto there = std::make_shared<net::HttpRequest>(std::move(request));
    front_.post([this, there, reply = std::move(reply)](TimePoint then) {
        service_.rest().handle(
            std::move(*there),
            [this, reply](net::HttpResponse response) {
                // Shared for the same reason.
                auto answer = std::make_shared<net::HttpResponse>(std::move(response));
                here_.post([answer, reply](TimePoint) { reply(std::move(*answer)); });
            },
            then);
    });
}

}  // namespace twinstorm::cli
