#include "iothub/dialect_properties.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "twinstorm/base/seed.h"

namespace twinstorm::iothub {
namespace {

using namespace std::string_literals;

constexpr int kMutationsPerInput = 60;

// Each is accepted by at least one reader, or was once on the edge of being so.
std::vector<std::string> seeds() {
    return {
        "",
        "%",
        "%2",
        "&&&===",
        "?/"s,
        "\0\xFF\xFE%00"s,
        "a=%C3%28&b=\xC3\x28",
        "hub1.azure-devices.net/dev-0001/DefenderIotMicroAgent/?api-version=2021-04-12"
        "&DeviceClientType=x%2F1",
        "h/?d/?m/?api-version=1",
        "h/d/?/?x",
        "HostName=h;DeviceId=d;SharedAccessKey=AAEC",
        "HostName=h;SharedAccessKeyName=p;SharedAccessKey=AA==;x509=false",
        "HostName=h;DeviceId=d;ModuleId=m;x509=true;GatewayHostName=g",
        "SharedAccessSignature sr=hub1.azure-devices.net%2fdevices%2Fdev-0001"
        "&sig=SCKDw1pTbMNM71CZchkX7ClWA%2FxVISNTL4PPyoPweAw%3D&se=1893456000&skn=p",
        "SharedAccessSignature se=9223372036854775807&sig==&sr==",
        "SharedAccessSignature &&&",
        "%24.ce=application%2fjson&%24.ifid=urn%3aazureiot%3aSecurity%3aSecurityAgent%3a1&$.mid=7/",
        "$.ifid&%24.IFID=x&$.ifid=urn:azureiot:Security:SecurityAgent:1&=v",
        "devices/d/messages/events/a=b/",
        "devices/d/modules/m/messages/events",
        "devices/messages/messages/events//",
        "$iothub/twin/res/204/?$version=4&$rid=7",
        "$iothub/twin/PATCH/properties/desired/?$version=4",
        "$iothub/twin/GET/?%24rid=%",
        "$iothub/methods/res/-0/?$rid=&&$rid=2",
        "devices/d/modules/m/inputs/#",
        R"({"a":{"b":null,"c":[1,{"d":null}]},"before":null})",
        R"({"before":{"a":null}})",
        R"({"$version":1,"$metadata":[[]],"a":-4503599627370496})",
        R"({"before":[],"":{}})",
        R"({"tags":{"t":null},"properties":{"desired":{"a":{"b":1e2}},"reported":7}})",
        R"({"tags":null,"properties":null})",
        R"({"a":18446744073709551615,"b":1e999})",
        R"({"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}}}}}})",
        R"({"Message":"ErrorCode:DeviceNotFound;x","ExceptionMessage":""})",
        R"({"Message":"{\"errorCode\":404103,\"message\":\"m\"}"})",
        R"({"errorCode":-1})",
        std::string(300, '['),
        std::string(5000, 'a') + "=" + std::string(5000, '%'),
        "{\"k\":\"" + std::string(5000, 'x') + "\"}",
    };
}

TEST(DialectProperties, HoldForHostileInputs) {
    for (const std::string& input : seeds()) {
        SCOPED_TRACE(input.substr(0, 80));
        EXPECT_NO_THROW(check_dialect(input));
    }
}

// A stand-in for a fuzzer, small and the same on every machine.
TEST(DialectProperties, HoldForMutationsOfThem) {
    Random random(7);
    constexpr std::string_view kAlphabet = "%/?&=;$.#{}[]\":,\\0aF~ \n\xC2\x85";
    for (const std::string& input : seeds()) {
        for (int mutation = 0; mutation < kMutationsPerInput; ++mutation) {
            std::string mutated = input;
            for (std::uint64_t edits = 1 + random.below(4); edits > 0; --edits) {
                const std::size_t at = random.below(mutated.size() + 1);
                if (random.below(3) == 0 && at < mutated.size()) {
                    mutated.erase(at, 1 + random.below(8));
                } else {
                    mutated.insert(at, 1, kAlphabet[random.below(kAlphabet.size())]);
                }
            }
            EXPECT_NO_THROW(check_dialect(mutated)) << mutated;
        }
    }
}

}  // namespace
}  // namespace twinstorm::iothub
