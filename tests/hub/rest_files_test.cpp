#include "hub/rest_files.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include "hub/limits.h"
#include "support/hub_fixture.h"
#include "twinstorm/amqp/ports.h"

namespace twinstorm::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class RestFiles : public ::testing::Test, public HubFixture {
protected:
    RestFiles() = default;
    explicit RestFiles(std::size_t loops) : HubFixture(options_of_a_hub(), loops) {}
    static hub::Options options_of_a_hub() {
        hub::Options options;
        options.host_name = kHost;
        return options;
    }
    void SetUp() override {
        create_gateway();
        token_ = connect_options(kGateway).password;
    }

    struct Answer {
        unsigned status = 0;
        net::HttpHeaders headers;
        std::string body;

        [[nodiscard]] std::string header(std::string_view name) const {
            return std::string(net::find_header(headers, name));
        }
        [[nodiscard]] std::string error() const { return header("iothub-errorcode"); }
        [[nodiscard]] std::string text(std::string_view member) const {
            return boost::json::value_to<std::string>(boost::json::parse(body).at(member));
        }
    };
    Answer ask(std::string_view method, const std::string& target, std::string body,
               net::HttpHeaders headers = {}) {
        Answer answer;
        hub->rest().handle(
            {std::string(method), target, std::move(headers), std::move(body)},
            [&](const net::HttpResponse& response) {
                answer = {response.status, response.headers, response.body};
            },
            loop.now());
        settle();
        return answer;
    }
    Answer start(const std::string& blob = "x.log", net::HttpHeaders headers = {}) {
        headers.emplace_back("Authorization", token_);
        return ask("POST", "/devices/gw/files?api-version=2021-04-12",
                   R"({"blobName":")" + blob + "\"}", std::move(headers));
    }
    Answer end(const std::string& body, const std::string& id_in_path = {}) {
        return ask("POST",
                   "/devices/gw/files/notifications" + id_in_path + "?api-version=2021-04-12", body,
                   {{"Authorization", token_}});
    }
    static std::string outcome(const Answer& started, bool success = true) {
        return R"({"correlationId":")" + started.text("correlationId") + R"(","isSuccess":)" +
               (success ? "true" : "false") + R"(,"statusCode":200,"statusDescription":"ok"})";
    }
    // As @azure/storage-blob makes the address.
    static std::string target_of(const Answer& started, const std::string& more = {}) {
        return "/" + started.text("containerName") + "/" + started.text("blobName") +
               started.text("sasToken") + more;
    }
    Answer put(const Answer& started, std::string body, const std::string& more = {}) {
        return ask("PUT", target_of(started, more), std::move(body),
                   {{"x-ms-blob-type", "BlockBlob"},
                    {"x-ms-version", "2020-10-02"},
                    {"x-ms-client-request-id", "mine"}});
    }
    std::int64_t limit(const std::string& pointer) {
        return admin("GET", "/admin/limits").number(pointer);
    }
    std::optional<amqp::FileNotification> take() {
        std::optional<amqp::FileNotification> taken;
        hub->messages().take_notice(amqp::NoticeKind::kFile, [&](auto notice) {
            if (notice) {
                taken = std::get<amqp::FileNotification>(*std::move(notice));
            }
        });
        return taken;
    }

    std::string token_;
};

TEST_F(RestFiles, TakesAFileAndTellsServices) {
    hub->announce_storage("127.0.0.1:8443");
    const Answer started = start("logs/a b.log");
    ASSERT_EQ(started.status, 200U) << started.body;
    EXPECT_EQ(started.text("hostName"), "127.0.0.1:8443");
    EXPECT_EQ(started.text("blobName"), "gw/logs/a b.log");
    EXPECT_THAT(started.text("sasToken"), StartsWith("?"));
    const std::string target = "/twinstorm-uploads/gw/logs/a%20b.log" + started.text("sasToken");
    const Answer written = ask("PUT", target, "five!",
                               {{"x-ms-blob-type", "BlockBlob"}, {"x-ms-version", "2020-10-02"}});
    EXPECT_EQ(written.status, 201U) << written.body;
    loop.pass(2s);
    EXPECT_EQ(end(outcome(started)).status, 204U);
    const auto told = take();
    ASSERT_TRUE(told);
    EXPECT_EQ(told->device_id, "gw");
    EXPECT_EQ(told->blob_name, "gw/logs/a b.log");
    EXPECT_EQ(told->blob_uri, "https://127.0.0.1:8443/twinstorm-uploads/gw/logs/a%20b.log");
    EXPECT_EQ(told->bytes, 5U);
    EXPECT_EQ(told->last_updated, anchor.at(loop.now() - 2s));
    EXPECT_EQ(told->enqueued, anchor.at(loop.now()));
    EXPECT_FALSE(take());  // It is locked,
    hub->messages().settle_notice(amqp::NoticeKind::kFile, told->lock, amqp::Settlement::kReleased);
    const auto again = take();  // and comes again.
    ASSERT_TRUE(again);
    hub->messages().settle_notice(amqp::NoticeKind::kFile, again->lock,
                                  amqp::Settlement::kAccepted);
    EXPECT_FALSE(take());
}

TEST_F(RestFiles, AnswersAsAStorageAccountDoes) {
    const Answer started = start();
    const Answer written = put(started, "five!");
    EXPECT_EQ(written.status, 201U);
    EXPECT_THAT(written.header("ETag"), StartsWith("\"0x"));
    EXPECT_EQ(written.header("Last-Modified"), "Thu, 01 Jan 2026 00:00:00 GMT");
    EXPECT_EQ(written.header("Date"), "Thu, 01 Jan 2026 00:00:00 GMT");
    EXPECT_EQ(written.header("x-ms-version"), "2020-10-02");
    EXPECT_EQ(written.header("x-ms-client-request-id"), "mine");
    EXPECT_EQ(written.header("x-ms-request-server-encrypted"), "true");
    EXPECT_FALSE(written.header("x-ms-request-id").empty());
}

TEST_F(RestFiles, TakesAFileInBlocks) {
    const Answer started = start();
    EXPECT_EQ(put(started, "12345", "&comp=block&blockid=QQ%3D%3D").status, 201U);
    EXPECT_EQ(put(started, "678", "&comp=block&blockid=Qg%3D%3D").status, 201U);
    EXPECT_EQ(end(outcome(started)).error(), "InvalidStorageEndpointOrBlob");
    const Answer unknown =
        put(started, "<BlockList><Latest>Qw==</Latest></BlockList>", "&comp=blocklist");
    EXPECT_EQ(unknown.status, 400U);
    EXPECT_EQ(unknown.header("x-ms-error-code"), "InvalidBlockList");
    const Answer done =
        put(started, "<BlockList><Latest>QQ==</Latest><Latest>Qg==</Latest></BlockList>",
            "&comp=blocklist");
    EXPECT_EQ(done.status, 201U);
    EXPECT_FALSE(done.header("ETag").empty());
    EXPECT_EQ(end(outcome(started)).status, 204U);
    EXPECT_EQ(take()->bytes, 8U);
}

TEST_F(RestFiles, RefusesWhatStorageRefuses) {
    const Answer started = start();
    const auto code_of = [&](const Answer& answer, unsigned status) {
        EXPECT_EQ(answer.status, status) << answer.body;
        EXPECT_EQ(answer.header("Content-Type"), "application/xml");
        const std::string code = answer.header("x-ms-error-code");
        EXPECT_THAT(answer.body, HasSubstr("<Code>" + code + "</Code>"));
        return code;
    };
    const std::string target = target_of(started);
    EXPECT_EQ(code_of(ask("PUT", target, "x"), 400), "MissingRequiredHeader");
    EXPECT_EQ(code_of(ask("PUT", target, "x", {{"x-ms-blob-type", "PageBlob"}}), 400),
              "InvalidHeaderValue");
    EXPECT_EQ(code_of(ask("GET", target, ""), 405), "UnsupportedHttpVerb");
    EXPECT_EQ(code_of(put(started, "x", "&comp=tags"), 400), "InvalidQueryParameterValue");
    EXPECT_EQ(code_of(put(started, "x", "&comp=block"), 400), "InvalidQueryParameterValue");
    EXPECT_EQ(code_of(put(started, "x", "&comp=block&blockid=" + std::string(89, 'A')), 400),
              "InvalidQueryParameterValue");
    EXPECT_EQ(code_of(put(started, "x", "&comp=blocklist"), 400), "InvalidXmlDocument");
    EXPECT_EQ(end(outcome(started)).error(), "InvalidStorageEndpointOrBlob");
}

TEST_F(RestFiles, OpensNoBlobButTheTokensOwn) {
    const Answer started = start();
    const std::string sas = started.text("sasToken");
    const auto status = [&](const std::string& target) {
        const Answer answer = ask("PUT", target, "x", {{"x-ms-blob-type", "BlockBlob"}});
        EXPECT_EQ(answer.header("x-ms-error-code"),
                  answer.status == 403 ? "AuthenticationFailed" : "");
        return answer.status;
    };
    EXPECT_EQ(status("/twinstorm-uploads/gw/other.log" + sas), 403U);
    EXPECT_EQ(status("/twinstorm-uploads/other/x.log" + sas), 403U);
    EXPECT_EQ(status("/twinstorm-uploads/gw/x.log"), 403U);
    EXPECT_EQ(status("/twinstorm-uploads/gw/x.log" + sas + "0"), 403U);
    EXPECT_EQ(status("/twinstorm-uploads/gw/x.log" + sas), 201U);
    loop.pass(hub::kFileUploadTimeMax);
    EXPECT_EQ(status("/twinstorm-uploads/gw/x.log" + sas), 403U);
}

TEST_F(RestFiles, TakesNothingOnceAnUploadHasEnded) {
    const Answer started = start();
    EXPECT_EQ(end(outcome(started, false)).status, 204U);
    EXPECT_FALSE(take());  // Failures are told to nobody.
    EXPECT_EQ(put(started, "x").status, 403U);
    EXPECT_EQ(end(outcome(started, false)).error(), "IotHubFormatError");
}

TEST_F(RestFiles, TakesTheCorrelationIdInThePathAsOlderClientsSendIt) {
    const Answer started = start();
    put(started, "x");
    EXPECT_EQ(end(R"({"isSuccess":true})", "/" + started.text("correlationId")).status, 204U);
    EXPECT_TRUE(take());
}

TEST_F(RestFiles, ChecksWhatADeviceSays) {
    for (const std::string body :
         {"", "{}", R"({"correlationId":1,"isSuccess":true})", R"({"correlationId":"x"})",
          R"({"correlationId":"x","isSuccess":"yes"})"}) {
        EXPECT_EQ(end(body).error(), "ArgumentInvalid") << body;
    }
    EXPECT_EQ(end(R"({"correlationId":"x","isSuccess":true})").error(), "IotHubFormatError");
    for (const std::string& name :
         {std::string(), std::string("/x"), std::string("x/"), std::string("a//b"),
          std::string("\xc3\xa4"), std::string(hub::kBlobNameBytesMax + 1, 'x')}) {
        EXPECT_EQ(start(name).error(), "ArgumentInvalid") << name;
    }
    EXPECT_EQ(start(std::string(hub::kBlobNameBytesMax, 'x')).status, 200U);
    EXPECT_EQ(ask("POST", "/devices/gw/files", "{}", {{"Authorization", token_}}).error(),
              "ArgumentInvalid");
}

TEST_F(RestFiles, ServesTenUploadsOfADeviceAtATime) {
    Answer last;
    for (std::size_t i = 0; i < hub::kFileUploadsMax; ++i) {
        last = start();
        EXPECT_EQ(last.status, 200U);
    }
    const Answer refused = start();
    EXPECT_EQ(refused.status, 403U);
    EXPECT_EQ(refused.error(), "DeviceMaximumActiveFileUploadLimitExceeded");
    EXPECT_EQ(end(outcome(last, false)).status, 204U);
    EXPECT_EQ(start().status, 200U);
    EXPECT_EQ(start().status, 403U);
    loop.pass(hub::kFileUploadTimeMax - 1s);
    token_ = connect_options(kGateway).password;
    EXPECT_EQ(start().status, 403U);
    loop.pass(1s);
    token_ = connect_options(kGateway).password;
    EXPECT_EQ(start().status, 200U);
}

TEST_F(RestFiles, IsForTheDeviceAlone) {
    ASSERT_EQ(rest("PUT", "/devices/other", "{}").status, 200U);
    const Answer started = start();
    const auto as = [&](const std::string& token, const std::string& device) {
        const net::HttpHeaders headers{{"Authorization", token}};
        const unsigned begun =
            ask("POST", "/devices/" + device + "/files", R"({"blobName":"x"})", headers).status;
        const Answer ended =
            ask("POST", "/devices/" + device + "/files/notifications", outcome(started), headers);
        return std::pair(begun, ended.status);
    };
    const auto nobody = std::pair(401U, 401U);
    EXPECT_EQ(as(connect_options({"other", ""}).password, "gw"), nobody);
    EXPECT_EQ(as(connect_options(kAgent).password, "gw"), nobody);
    EXPECT_EQ(as("", "gw"), nobody);
    EXPECT_EQ(as(token_, "nobody"), nobody);
    // Another device's upload is none of its own.
    EXPECT_EQ(as(connect_options({"other", ""}).password, "other"), std::pair(200U, 400U));
}

TEST_F(RestFiles, EndsWithTheDevice) {
    const Answer started = start();
    ASSERT_EQ(rest("DELETE", "/devices/gw").status, 204U);
    EXPECT_EQ(put(started, "x").status, 403U);
}

TEST_F(RestFiles, FindsStorageWhereTheDeviceFoundTheHub) {
    const auto host = [&](const std::string& told) {
        return start("x", {{"Host", told}}).text("hostName");
    };
    hub->announce_storage("127.0.0.1:8443");
    EXPECT_EQ(host(std::string(kHost)), "127.0.0.1:8443");
    EXPECT_EQ(host("hub:443"), "hub:443");
    EXPECT_EQ(host("[::1]:8443"), "[::1]:8443");
    EXPECT_EQ(host("bad/host"), "127.0.0.1:8443");
}

TEST_F(RestFiles, CountTheirStartsAndWhatServicesAreTold) {
    const Answer started = start();
    put(started, "x");
    end(outcome(started));
    EXPECT_EQ(limit("/throttles/file_uploads/admitted"), 1);
    const std::int64_t registry = limit("/throttles/registry/admitted");
    start();
    EXPECT_EQ(limit("/throttles/file_uploads/admitted"), 2);
    EXPECT_EQ(limit("/throttles/registry/admitted"), registry);
    EXPECT_EQ(limit("/quota/charged/file_notifications"), 1);
}

class RestFilesOnManyLoops : public RestFiles {
protected:
    RestFilesOnManyLoops() : RestFiles(3) {}
};

TEST_F(RestFilesOnManyLoops, AreServedWhicheverTakesTheRequest) {
    for (const std::string device : {"a", "b", "c", "d", "e", "f"}) {
        ASSERT_EQ(rest("PUT", "/devices/" + device, "{}").status, 200U);
        const net::HttpHeaders sender{{"Authorization", connect_options({device, ""}).password}};
        const std::string path = "/devices/" + device + "/files";
        const Answer started = ask("POST", path, R"({"blobName":"x"})", sender);
        ASSERT_EQ(started.status, 200U);
        EXPECT_EQ(put(started, "content").status, 201U);
        EXPECT_EQ(ask("POST", path + "/notifications", outcome(started), sender).status, 204U);
        const auto told = take();
        ASSERT_TRUE(told);
        EXPECT_EQ(told->device_id, device);
        EXPECT_EQ(told->bytes, 7U);
    }
}

}  // namespace
}  // namespace twinstorm::testing
