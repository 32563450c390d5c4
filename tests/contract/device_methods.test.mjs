// Direct methods, called by azure-iothub's Client and answered by azure-iot-device.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import common from "azure-iot-common";

import { eventually, rejection, startHub, within } from "./hub.mjs";

describe("direct methods of devices", () => {
    let hub;
    let service;
    before(async () => {
        hub = await startHub();
        service = hub.serviceClient();
        service.setRetryPolicy(new common.NoRetry());
    });
    after(() => hub?.stop());

    function invoke(deviceId, words) {
        return within(service.invokeDeviceMethod(deviceId, words), "a method's result", 40_000);
    }

    // Only an error that a subscription mends is worth another call.
    function notYet(error) {
        if (error.response?.headers["iothub-errorcode"] !== "DeviceNotOnline") {
            throw error;
        }
        return false;
    }

    // A device whose methods are known to be subscribed: the package does not say when they are.
    async function deviceWith(deviceId, methods) {
        const { connectionString } = await hub.createDevice(deviceId);
        const client = hub.deviceClient(connectionString);
        await within(client.open(), "an open client");
        for (const [name, answer] of Object.entries(methods)) {
            client.onDeviceMethod(name, answer);
        }
        client.onDeviceMethod("ready", (request, response) => response.send(200));
        await eventually(() => invoke(deviceId, { methodName: "ready" }).then(() => true, notYet),
            "the first answered call");
        return client;
    }

    test("request and answer carry JSON and the device's own status", async () => {
        const requests = [];
        await deviceWith("answers", {
            reboot(request, response) {
                requests.push(request);
                response.send(207, { done: true, text: "ü" });
            },
        });
        const { result } = await invoke("answers",
            { methodName: "reboot", payload: { delay: 5, list: [1, null, "x"] } });
        assert.deepEqual(result, { status: 207, payload: { done: true, text: "ü" } });
        assert.equal(requests.length, 1);
        assert.equal(requests[0].methodName, "reboot");
        assert.deepEqual(requests[0].payload, { delay: 5, list: [1, null, "x"] });
    });

    for (const [what, payload] of Object.entries({
        "no payload": undefined, "a number": 42, "a text": "text", "a list": [1, 2], "false": false,
    })) {
        test(`${what} passes both ways`, async () => {
            await deviceWith(`echo-${what.replaceAll(" ", "-")}`, {
                echo: (request, response) => response.send(200, request.payload),
            });
            const { result } = await invoke(`echo-${what.replaceAll(" ", "-")}`,
                { methodName: "echo", payload });
            assert.equal(result.status, 200);
            assert.deepEqual(result.payload, payload ?? null);
        });
    }

    test("an answer without a body has a null payload", async () => {
        await deviceWith("silent-answer", { quiet: (request, response) => response.send(200) });
        const { result } = await invoke("silent-answer", { methodName: "quiet" });
        assert.deepEqual(result, { status: 200, payload: null });
    });

    test("calls under way at once find their own answers", async () => {
        await deviceWith("parallel", {
            twice: (request, response) => response.send(200, request.payload * 2),
        });
        const results = await Promise.all([...Array(9).keys()].map((i) =>
            invoke("parallel", { methodName: "twice", payload: i + 1 })));
        assert.deepEqual(results.map(({ result }) => result.payload),
            [...Array(9).keys()].map((i) => (i + 1) * 2));
    });

    test("100 KB pass both ways", async () => {
        await deviceWith("large",
            { echo: (request, response) => response.send(200, request.payload) });
        const payload = "x".repeat(100 * 1024);
        const { result } = await invoke("large", { methodName: "echo", payload });
        assert.equal(result.payload, payload);
    });

    test("a payload above 128 KB is refused", async () => {
        await deviceWith("too-large", { echo: (request, response) => response.send(200) });
        const error = await rejection(
            invoke("too-large", { methodName: "echo", payload: "x".repeat(129 * 1024) }),
                "the call");
        assert.ok(error.response.statusCode >= 400 && error.response.statusCode < 500,
            String(error));
    });

    test("a device that does not answer costs 504101 after the response time-out", async () => {
        await deviceWith("mute", { mute() {} });
        const error = await rejection(
            invoke("mute", { methodName: "mute", responseTimeoutInSeconds: 5 }), "the call");
        assert.equal(error.name, "GatewayTimeoutError", String(error));
        assert.equal(error.response.headers["iothub-errorcode"], "GatewayTimeout");
        assert.match(error.responseBody, /504101/);
    });

    test("an offline device is 404103 DeviceNotOnline", async () => {
        await hub.createDevice("offline");
        const error = await rejection(invoke("offline", { methodName: "any" }), "the call");
        assert.equal(error.response.statusCode, 404);
        assert.equal(error.response.headers["iothub-errorcode"], "DeviceNotOnline");
        const inner = JSON.parse(JSON.parse(error.responseBody).Message);
        assert.equal(inner.errorCode, 404103);
    });

    test("a device without the subscription is 404103 DeviceNotOnline", async () => {
        const { connectionString } = await hub.createDevice("no-methods");
        await within(hub.deviceClient(connectionString).open(), "an open client");
        const error = await rejection(invoke("no-methods", { methodName: "any" }), "the call");
        assert.equal(error.response.headers["iothub-errorcode"], "DeviceNotOnline");
    });

    test("an unknown device is 404001 DeviceNotFound", async () => {
        const error = await rejection(invoke("nobody", { methodName: "any" }), "the call");
        assert.equal(error.response.statusCode, 404);
        assert.equal(error.response.headers["iothub-errorcode"], "DeviceNotFound");
    });

    test("connectTimeout waits for a device that comes later", async () => {
        const { connectionString } = await hub.createDevice("late");
        const call = service.invokeDeviceMethod("late",
            { methodName: "hi", connectTimeoutInSeconds: 30, responseTimeoutInSeconds: 10 });
        const client = hub.deviceClient(connectionString);
        client.onDeviceMethod("hi", (request, response) => response.send(200, "here"));
        const { result } = await within(call, "the late device's answer", 45_000);
        assert.equal(result.payload, "here");
    });

    test("a connection lost during the call ends it with an error", async () => {
        const client = await deviceWith("dies", { hang() {} });
        const call = rejection(
            invoke("dies", { methodName: "hang", responseTimeoutInSeconds: 30 }), "the call",
                40_000);
        await within(client.close(), "a closed client");
        const error = await call;
        assert.ok(error.response.statusCode >= 400, String(error));
    });

    for (const [what, body] of Object.entries({
        "no method name": { responseTimeoutInSeconds: 30 },
        "a response time-out of 4 s": { methodName: "m", responseTimeoutInSeconds: 4 },
        "a response time-out of 301 s": { methodName: "m", responseTimeoutInSeconds: 301 },
        "a connect time-out of 301 s": { methodName: "m", connectTimeoutInSeconds: 301 },
        "a body that is no JSON": "{",
    })) {
        test(`${what} is 400`, async () => {
            const answer = await hub.rest("POST", "/twins/offline/methods?api-version=2021-04-12",
                { body });
            assert.equal(answer.status, 400, JSON.stringify(answer.body));
        });
    }
});
