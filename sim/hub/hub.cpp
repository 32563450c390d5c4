#include "twinstorm/hub/hub.h"

#include <utility>

#include <fmt/format.h>

#include "hub/amqp_authorizer.h"
#include "hub/amqp_messages.h"
#include "hub/common.h"
#include "hub/device_setup.h"
#include "hub/endpoint_source.h"
#include "hub/journal_file.h"
#include "hub/mqtt_service.h"
#include "hub/rest_router.h"
#include "hub/restore.h"
#include "hub/shards.h"
#include "twinstorm/amqp/endpoint.h"
#include "twinstorm/base/base64.h"
#include "twinstorm/base/check.h"
#include "twinstorm/iothub/connection_string.h"

namespace twinstorm::hub {
namespace {

// What one loop listens with.
struct Front {
    explicit Front(Shard& shard) : mqtt(shard), rest(shard) {}

    MqttService mqtt;
    RestRouter rest;
};

Secret connection_string_of(const Common& common, const Policy& policy) {
    iothub::ConnectionString text;
    text.host_name = common.options.host_name;
    text.policy = policy.name;
    text.key = policy.primary_key;
    return text.format();
}

}  // namespace

class Hub::Impl {
public:
    Impl(Options options, WallAnchor anchor, const std::vector<net::Loop*>& loops)
        : common(std::move(options), anchor, loops.front()->now(), loops.size()),
          journal_file([this](std::string_view why) {
              common.journal = JournalState::kFailed;
              if (common.options.log) {
                  common.options.log(why);
              }
          }),
          shards(common, loops),
          messages(shards.front()),
          endpoint(shards),
          authorizer(common, *loops.front()),
          amqp(amqp_options(), {endpoint, messages, authorizer}, anchor, *loops.front()) {
        shards.front().restarts = [this] { amqp.drop_connections(); };
        for (std::size_t index = 0; index < loops.size(); ++index) {
            fronts.push_back(std::make_unique<Front>(shards.at(index)));
        }
    }
    ~Impl() {
        // All loops have ended: what they had not handed over yet is written here.
        for (std::size_t index = 0; index < shards.count(); ++index) {
            journal_file.write(shards.at(index).journal.take());
        }
    }

    amqp::Options amqp_options() {
        amqp::Options options;
        options.host_name = common.options.host_name;
        options.events_host = common.options.host_name;
        options.consumer_groups = common.options.consumer_groups;
        options.down = [this] { return shards.front().faults.down(); };
        options.log = [this](std::string_view line) {
            Shard& front = shards.front();
            front.log.line(front.loop.now(), "{}", line);
        };
        return options;
    }

    Common common;
    JournalFile journal_file;
    Shards shards;
    AmqpMessages messages;
    EndpointSource endpoint;
    AmqpAuthorizer authorizer;
    amqp::Service amqp;
    std::vector<std::unique_ptr<Front>> fronts;
};

Hub::Hub(Options options, WallAnchor anchor, const std::vector<net::Loop*>& loops) {
    TWINSTORM_CHECK(!loops.empty());
    impl_ = std::make_unique<Impl>(std::move(options), anchor, loops);
}

Hub::~Hub() = default;

Result<void> Hub::restore() {
    Common& common = impl_->common;
    const auto owner_key = base64_decode(common.policies.owner().primary_key.reveal());
    if (!owner_key || owner_key->empty()) {
        return fail(ErrorCode::kInvalidArgument, "the owner key is not base64");
    }
    if (common.options.journal_file.empty()) {
        return {};
    }
    auto opened = open_journal(impl_->journal_file, impl_->shards, common.options.journal_file);
    if (opened) {
        common.journal = JournalState::kOn;
    }
    return opened;
}

net::Service& Hub::mqtt(std::size_t loop) {
    return impl_->fronts[loop]->mqtt;
}

net::HttpHandler& Hub::rest(std::size_t loop) {
    return impl_->fronts[loop]->rest;
}

amqp::Messages& Hub::messages() {
    return impl_->messages;
}

net::Service& Hub::amqp() {
    return impl_->amqp;
}

void Hub::announce_amqp(std::string address) {
    impl_->amqp.announce(std::move(address));
}

void Hub::announce_storage(std::string address) {
    impl_->common.storage_address = std::move(address);
}

void Hub::set_up_device(DeviceSetup setup,
                        std::function<void(Result<bool> existed, TimePoint now)> done,
                        TimePoint now) {
    Shards& shards = impl_->shards;
    Shard& front = shards.front();
    Shard& owner = shards.owner_of(setup.device_id);
    shards.on(
        owner, front, now,
        [&front, setup = std::move(setup), done = std::move(done)](Shard& shard, TimePoint then) {
            const auto existed = hub::set_up_device(shard, setup, shard.instant(then));
            auto result = existed ? Result<bool>(*existed)
                                  : fail(ErrorCode::kInvalidArgument, existed.error().text);
            shard.all.on(
                front, shard, then,
                [done, result = std::move(result)](Shard&, TimePoint last) { done(result, last); });
        });
}

Secret Hub::events_connection_string(std::string_view address) const {
    const Policy& owner = impl_->common.policies.owner();
    return Secret(
        fmt::format("Endpoint=sb://{}/;SharedAccessKeyName={};SharedAccessKey={};EntityPath={}",
                    address, owner.name, owner.primary_key.reveal(), entity_path()));
}

std::string Hub::entity_path() const {
    return entity_path_of(impl_->common);
}

Secret Hub::connection_string() const {
    return connection_string_of(impl_->common, impl_->common.policies.owner());
}

std::map<std::string, Secret> Hub::policies() const {
    std::map<std::string, Secret> result;
    for (const Policy& policy : impl_->common.policies.all()) {
        result.emplace(policy.name, connection_string_of(impl_->common, policy));
    }
    return result;
}

Secret Hub::admin_token() const {
    return impl_->common.admin_token;
}

}  // namespace twinstorm::hub
