#include "stats/playbook_json.h"

#include <optional>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace twinstorm::stats {
namespace {

namespace json = boost::json;

json::value or_null(const std::optional<std::uint64_t>& count) {
    return count ? json::value(*count) : json::value(nullptr);
}

json::object row_json(const PlaybookResult& row) {
    const std::string_view word = name(row.confirmed());
    json::object ignored;
    for (const auto& [reason, count] : row.ignored) {
        ignored.emplace(reason, count);
    }
    return {{"playbook", row.playbook},
            {"alert_type", row.alert_type},
            {"phase", row.phase},
            {"group", row.group},
            {"persona", row.persona},
            {"devices", row.devices},
            {"played", row.played},
            {"devices_silent", row.devices_silent},
            {"events", row.events},
            {"messages", row.messages},
            {"acked", row.acked},
            {"arrived", or_null(row.arrived)},
            {"accepted", or_null(row.accepted)},
            {"ignored", std::move(ignored)},
            {"devices_confirmed", or_null(row.devices_confirmed)},
            {"confirmed", json::string(word.data(), word.size())},
            {"examples", json::array(row.examples.begin(), row.examples.end())}};
}

void read_row(const JsonCursor& at, PlaybookResult& row) {
    row.playbook = at.at("playbook").text();
    row.alert_type = at.at("alert_type").text();
    row.phase = at.at("phase").text();
    row.group = at.at("group").text();
    row.persona = at.at("persona").text();
    row.devices = at.at("devices").count();
    row.played = at.at("played").count();
    row.devices_silent = at.at("devices_silent").count();
    row.events = at.at("events").count();
    row.messages = at.at("messages").count();
    row.acked = at.at("acked").count();
    row.arrived = at.optional_count("arrived");
    row.accepted = at.optional_count("accepted");
    at.at("ignored").each_member([&](std::string_view reason, const JsonCursor& member) {
        row.ignored[std::string(reason)] = member.count();
    });
    row.devices_confirmed = at.optional_count("devices_confirmed");
    at.at("examples").each_item([&](const JsonCursor& item) {
        row.examples.push_back(item.text());
    });
}

}  // namespace

json::array playbooks_json(const std::vector<PlaybookResult>& rows) {
    json::array array;
    for (const PlaybookResult& row : rows) {
        array.emplace_back(row_json(row));
    }
    return array;
}

void read_playbooks(const JsonCursor& result, std::vector<PlaybookResult>& rows) {
    if (result.has("playbooks")) {
        result.at("playbooks").each_item([&](const JsonCursor& item) {
            read_row(item, rows.emplace_back());
        });
    }
}

}  // namespace twinstorm::stats
