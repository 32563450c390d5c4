#include "support/scripted_service.h"

#include <utility>

namespace twinstorm::support {
namespace {

const net::Destination kAddress{"hub", 443, {}, true};

iothub::ConnectionString service_string() {
    return *iothub::ConnectionString::parse(
        "HostName=hub1.azure-devices.net;SharedAccessKeyName=iothubowner;"
        "SharedAccessKey=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
}

}  // namespace

ScriptedService::ScriptedService()
    : loop(1, {}),
      http(loop.http_client(kAddress, 4)),
      client(*http, service_string(), WallAnchor{kVirtualEpoch}),
      answer([](const net::HttpRequest&) { return net::HttpResponse{}; }) {
    loop.serve_http(kAddress.host, kAddress.port, *this);
}

void ScriptedService::handle(net::HttpRequest request, net::HttpReply reply, TimePoint now) {
    requests.push_back(request);
    instants.push_back(now);
    reply(answer(request));
}

}  // namespace twinstorm::support
