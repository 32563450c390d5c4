#include "scenario/secrets.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "scenario/support.h"

namespace twinstorm::scenario {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kInTheOpen =
    "a shared access key in the open; expected the whole connection string to come from "
    "`${env:NAME}` or `${file:PATH}`";

// Reads a reference, and gives the secret or else the mistake.
std::string read(const std::string& reference) {
    Mistakes mistakes("s", {});
    Value value;
    value.kind = Value::Kind::kScalar;
    value.scalar = reference;
    value.place = {0, 1, 1};
    const auto secret = read_secret(value, mistakes);
    return secret ? secret->reveal() : mistakes.take().at(0).format();
}

TEST(Secrets, ComeFromTheEnvironment) {
    ::setenv("TWINSTORM_SECRETS_TEST", "the secret \r\n", 1);
    EXPECT_EQ(read("${env:TWINSTORM_SECRETS_TEST}"), "the secret");
    ::setenv("TWINSTORM_SECRETS_TEST", " \n", 1);
    EXPECT_EQ(read("${env:TWINSTORM_SECRETS_TEST}"),
              "s:1:1: `${env:TWINSTORM_SECRETS_TEST}` is empty; expected a connection string");
    ::unsetenv("TWINSTORM_SECRETS_TEST");
    EXPECT_EQ(read("${env:TWINSTORM_SECRETS_TEST}"),
              "s:1:1: environment variable `TWINSTORM_SECRETS_TEST` is not set; expected it to "
              "hold the connection string");
}

TEST(Secrets, ComeFromAFile) {
    const std::filesystem::path path = std::filesystem::temp_directory_path() /
                                       ("twinstorm-secrets-test-" + std::to_string(::getpid()));
    std::ofstream(path) << "the secret\n";
    EXPECT_EQ(read("${file:" + path.string() + "}"), "the secret");
    std::ofstream(path) << std::string(kSecretBytesMax + 1, 'x');
    EXPECT_THAT(read("${file:" + path.string() + "}"), HasSubstr("cannot be read"));
    std::filesystem::remove(path);
    EXPECT_EQ(read("${file:no/such/file}"),
              "s:1:1: file `no/such/file` cannot be read; expected it to hold the connection "
              "string, in at most 16384 bytes");
    EXPECT_THAT(read("${file:/}"), HasSubstr("cannot be read"));
}

TEST(Secrets, ComeByReferenceOnly) {
    for (const char* wrong : {"HostName=a", "${env:}", "${env:A", "${file:}", "x${env:A}",
                              "${env:A}x", "${env:{A}}", "", "${vault:A}"}) {
        EXPECT_EQ(read(wrong),
                  "s:1:1: no secret by reference; expected `${env:NAME}` or `${file:PATH}`")
            << wrong;
    }
}

TEST(Secrets, InTheOpenAreHiddenAndReported) {
    const Lines lines =
        mistakes(with_hub("{real: {connection_string: 'HostName=a;SharedAccessKey=hunter2', "
                          "budget: {messages: 9, devices: 9, duration: 9s}}}"));
    EXPECT_THAT(lines, ElementsAre(std::string("s:4:33: ") + kInTheOpen));
}

TEST(Secrets, AreSoughtInEveryValueAndKeyAndComment) {
    const std::string yaml =
        "name: sharedaccesskey=hunter2\n"                     // 1
        "hub: {mock: {tier: 'x;SharedAccessKey=hunter2'}}\n"  // 2
        "SharedAccessKey=hunter2: 1\n"                        // 3
        "# once: SharedAccessKey=hunter2\n" +                 // 4
        kFleet +
        kPhases;
    const Lines lines = mistakes(yaml);
    EXPECT_THAT(lines, Each(Not(HasSubstr("hunter2"))));
    for (const char* place : {"s:1:7: ", "s:2:20: ", "s:3:1: ", "s:4:9: "}) {
        EXPECT_THAT(lines, ::testing::Contains(std::string(place) + kInTheOpen));
    }
}

TEST(Secrets, AreHiddenInOverridesToo) {
    const Lines lines = mistakes(
        with_hub("{mock: {}}"),
        {{"hub={real: {connection_string: 'HostName=a;SharedAccessKey=hunter2', ready_file: a}}",
          "HostName=a;SharedAccessKey=hunter2", "question=SharedAccessKey=hunter2"},
         {}});
    EXPECT_THAT(lines, Each(Not(HasSubstr("hunter2"))));
    EXPECT_THAT(lines, ::testing::Contains(std::string("--set: `hub`: ") + kInTheOpen));
    EXPECT_THAT(lines, ::testing::Contains(std::string("--set: `question`: ") + kInTheOpen));
}

TEST(Secrets, AreTakenAtOnePlaceOnly) {
    EXPECT_THAT(mistakes("question: ${env:HOME}\n" + with_hub("{real: {ready_file: '${file:a}'}}")),
                ElementsAre("s:1:11: `${env:HOME}` in the wrong place; expected a secret only as "
                            "`hub.real.connection_string`",
                            "s:5:26: `${file:a}` in the wrong place; expected a secret only as "
                            "`hub.real.connection_string`"));
}

TEST(Secrets, AreHiddenWhenTheYamlIsBroken) {
    const Lines lines = mistakes("a: 'SharedAccessKey=hunter2");
    EXPECT_THAT(lines, Each(Not(HasSubstr("hunter2"))));
    EXPECT_THAT(lines, ::testing::Contains(std::string("s:1:5: ") + kInTheOpen));
}

}  // namespace
}  // namespace twinstorm::scenario
