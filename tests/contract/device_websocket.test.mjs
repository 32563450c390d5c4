// MQTT over WebSockets: the same device client through wss://{hub}:443/$iothub/websocket.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import https from "node:https";
import { after, before, describe, test } from "node:test";

import common from "azure-iot-common";
import deviceMqtt from "azure-iot-device-mqtt";

import { eventually, rejection, startHub, within } from "./hub.mjs";

const { Message } = common;
const { MqttWs } = deviceMqtt;

describe("MQTT over WebSockets", () => {
    let hub;
    before(async () => { hub = await startHub(); });
    after(() => hub?.stop());

    async function open(deviceId) {
        const { connectionString } = await hub.createDevice(deviceId);
        const client = hub.deviceClient(connectionString, MqttWs);
        client.setRetryPolicy(new common.NoRetry());
        await within(client.open(), "an open client");
        return client;
    }

    // The answer to an upgrade request: 101 or what the hub says instead.
    function upgrade(path, headers = {}) {
        return within(new Promise((resolve, reject) => {
            const request = https.request({ host: hub.hostName, port: 443, path, agent: false,
                headers: { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": 13,
                    "Sec-WebSocket-Key": randomBytes(16).toString("base64"), ...headers } });
            request.on("response", (response) => {
                response.resume();
                resolve(response);
            });
            request.on("upgrade", (response, socket) => {
                socket.destroy();
                resolve(response);
            });
            request.on("error", reject);
            request.end();
        }), `an answer to the upgrade of ${path}`);
    }

    test("telemetry is acknowledged", async () => {
        const client = await open("ws-telemetry");
        await Promise.all([...Array(50).keys()].map((i) =>
            within(client.sendEvent(new Message(`message ${i}`)), `acknowledgement ${i}`)));
    });

    test("large messages are acknowledged", async () => {
        const client = await open("ws-large");
        await within(client.sendEvent(new Message(Buffer.alloc(200 * 1024))), "an acknowledgement");
    });

    test("twin reads, reports and notices", async () => {
        const client = await open("ws-twin");
        const twin = await within(client.getTwin(), "the twin");
        const values = [];
        twin.on("properties.desired.interval", (value) => values.push(value));
        await within(new Promise((resolve, reject) => twin.properties.reported.update({ fw: 1 },
            (error) => (error ? reject(error) : resolve()))), "the acknowledgement");
        await eventually(async () => {
            await hub.registry().updateTwin("ws-twin",
                { properties: { desired: { interval: 9 } } }, "*");
            return values.includes(9);
        }, "a notice");
        const { responseBody } = await hub.registry().getTwin("ws-twin");
        assert.equal(responseBody.properties.reported.fw, 1);
    });

    test("a wrong key is refused", async () => {
        await hub.createDevice("ws-wrong");
        const wrong = Buffer.alloc(32).toString("base64");
        const client = hub.deviceClient(
            `HostName=${hub.hostName};DeviceId=ws-wrong;SharedAccessKey=${wrong}`, MqttWs);
        const error = await rejection(client.open(), "open");
        assert.match(error.message, /Connection refused: Not authorized/);  // By CONNACK.
    });

    test("a WebSocket takes over from a TCP connection and the other way", async () => {
        const { connectionString } = await hub.createDevice("ws-taken");
        const tcp = hub.deviceClient(connectionString);
        tcp.setRetryPolicy(new common.NoRetry());
        await within(tcp.open(), "the TCP client");
        const lost = within(new Promise((resolve) => tcp.once("disconnect", resolve)), "the end");
        const ws = hub.deviceClient(connectionString, MqttWs);
        ws.setRetryPolicy(new common.NoRetry());
        await within(ws.open(), "the WebSocket client");
        await lost;
        const lostToo = within(new Promise((resolve) => ws.once("disconnect", resolve)), "the end");
        await within(hub.deviceClient(connectionString).open(), "the TCP client again");
        await lostToo;
    });

    test("the upgrade speaks the subprotocol mqtt", async () => {
        const answer = await upgrade("/$iothub/websocket", { "Sec-WebSocket-Protocol": "mqtt" });
        assert.equal(answer.statusCode, 101);
        assert.equal(answer.headers["sec-websocket-protocol"], "mqtt");
    });

    test("the query of clients without a certificate is accepted", async () => {
        const answer = await upgrade("/$iothub/websocket?iothub-no-client-cert=true",
            { "Sec-WebSocket-Protocol": "mqtt" });
        assert.equal(answer.statusCode, 101);
    });

    test("another path is not upgraded", async () => {
        const answer = await upgrade("/elsewhere", { "Sec-WebSocket-Protocol": "mqtt" });
        assert.ok(answer.statusCode >= 400, `status ${answer.statusCode}`);
    });

    test("REST goes on beside WebSockets on the same port", async () => {
        await open("ws-beside");
        const { responseBody } = await within(hub.registry().get("ws-beside"), "the identity");
        assert.equal(responseBody.deviceId, "ws-beside");
    });
});
