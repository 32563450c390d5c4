#include "agent/flat_pieces.h"

#include <charconv>

#include "agent/json_pieces.h"
#include "twinstorm/host/catalogue.h"

namespace twinstorm::agent {
namespace {

FlatPieces make_pieces(const host::Catalogue& catalogue) {
    FlatPieces pieces;
    for (const host::User& user : catalogue.users) {
        std::uint32_t id = 0;
        std::from_chars(user.id.data(), user.id.data() + user.id.size(), id);
        pieces.user_ids.push_back(id);
    }
    for (const host::OperatingSystem& system : catalogue.operating_systems) {
        std::vector<std::string>& ids = pieces.check_ids.emplace_back();
        for (const host::BaselineCheck& check : catalogue.checks) {
            ids.push_back(check_id(system, check));
        }
    }
    return pieces;
}

}  // namespace

const FlatPieces& flat_pieces() {
    static const FlatPieces kMade = make_pieces(host::catalogue());
    return kMade;
}

}  // namespace twinstorm::agent
