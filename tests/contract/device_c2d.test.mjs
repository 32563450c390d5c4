// Cloud-to-device messages: sent with azure-iothub over AMQP, received with azure-iot-device over
// MQTT, completed by PUBACK, and reported by feedback.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import common from "azure-iot-common";

import { eventually, nextEvent, rejection, startHub, within } from "./hub.mjs";

const { Message } = common;
const kFeedbackMs = 40_000;  // Batched by 64 or 15 s.

describe("cloud-to-device messages", () => {
    let hub;
    let service;
    before(async () => {
        hub = await startHub();
        service = hub.serviceClient();
        service.setRetryPolicy(new common.NoRetry());
        await within(service.open(), "an open service client");
    });
    after(() => hub?.stop());

    function send(deviceId, message) {
        return within(service.send(deviceId, message), "an accepted message");
    }

    async function receiver(deviceId, device) {
        const { connectionString } = device ?? await hub.createDevice(deviceId);
        const client = hub.deviceClient(connectionString);
        const messages = [];
        client.on("message", (message) => {
            messages.push(message);
            client.complete(message).catch(() => {});
        });
        await within(client.open(), "an open client");
        return { client, messages };
    }

    async function queued(deviceId) {
        const { responseBody } = await hub.registry().get(deviceId);
        return responseBody.cloudToDeviceMessageCount;
    }

    // The package sends no user id; everything else that a message may have is here.
    test("body and every property arrive", async () => {
        const { messages } = await receiver("props");
        const message = new Message(JSON.stringify({ turn: "on" }));
        Object.assign(message, {
            messageId: "m-1", correlationId: "c-1",
            contentType: "application/json", contentEncoding: "utf-8",
            expiryTimeUtc: Date.now() + 3_600_000,
        });
        message.properties.add("color", "red");
        message.properties.add("odd & key=", "ü/?#%+ €");
        await send("props", message);
        const [got] = await eventually(() => messages.length > 0 && messages, "the message");
        assert.equal(got.getData().toString(), '{"turn":"on"}');
        assert.equal(got.messageId, "m-1");
        assert.equal(got.correlationId, "c-1");
        assert.match(got.to, /^\/devices\/props\/messages\/devicebound$/i);
        assert.equal(got.contentType, "application/json");
        assert.equal(got.contentEncoding, "utf-8");
        assert.equal(got.properties.getValue("color"), "red");
        assert.equal(got.properties.getValue("odd & key="), "ü/?#%+ €");
    });

    test("a message without an id still has one when it arrives", async () => {
        const { messages } = await receiver("no-id");
        await send("no-id", "just text");
        const [got] = await eventually(() => messages.length > 0 && messages, "the message");
        assert.equal(got.getData().toString(), "just text");
        assert.notEqual(got.messageId, "");
    });

    test("messages wait for an offline device, in order", async () => {
        const device = await hub.createDevice("waits");
        for (let i = 0; i < 5; i += 1) {
            await send("waits", `message ${i}`);
        }
        assert.equal(await queued("waits"), 5);
        const { messages } = await receiver("waits", device);
        await eventually(() => messages.length === 5, "five messages");
        assert.deepEqual(messages.map((message) => message.getData().toString()),
            [...Array(5).keys()].map((i) => `message ${i}`));
        await eventually(async () => (await queued("waits")) === 0, "an empty queue");
    });

    test("a message that was not acknowledged is delivered again", async () => {
        const device = await hub.createDevice("again");
        const plain = hub.plainMqtt("again", device.key, { clean: false });
        plain.handleMessage = () => {};  // mqtt.js acknowledges when this calls back: never.
        const first = new Promise((resolve) => plain.on("packetreceive", (packet) => {
            if (packet.cmd === "publish") {
                resolve(packet);
            }
        }));
        plain.subscribe("devices/again/messages/devicebound/#", { qos: 1 });
        await nextEvent(plain, "connect");
        await send("again", "stubborn");
        const packet = await within(first, "the first delivery");
        assert.equal(packet.qos, 1);
        plain.end(true);
        const { messages } = await receiver("again", device);
        await eventually(() => messages.length > 0, "the second delivery");
        assert.equal(messages[0].getData().toString(), "stubborn");
        await eventually(async () => (await queued("again")) === 0, "an empty queue");
    });

    test("an expired message is not delivered", async () => {
        const device = await hub.createDevice("expires");
        const message = new Message("too late");
        message.expiryTimeUtc = Date.now() + 1_000;
        await send("expires", message);
        await eventually(async () => (await queued("expires")) === 0, "the message's expiry");
        const { messages } = await receiver("expires", device);
        await send("expires", "in time");
        await eventually(() => messages.length > 0, "the message that did not expire");
        assert.deepEqual(messages.map((one) => one.getData().toString()), ["in time"]);
    });

    test("the 51st queued message is refused, and a purge makes room", async () => {
        await hub.createDevice("full");
        for (let i = 0; i < 50; i += 1) {
            await send("full", `message ${i}`);
        }
        const error = await rejection(send("full", "one too many"), "message 51");
        assert.equal(error.name, "DeviceMaximumQueueDepthExceededError", String(error));
        const purge = await hub.rest("DELETE", "/devices/full/commands?api-version=2021-04-12");
        assert.equal(purge.status, 200);
        assert.equal(purge.body.totalMessagesPurged, 50);
        assert.equal(purge.body.deviceId, "full");
        await send("full", "room again");
    });

    test("an unknown device is refused", async () => {
        const error = await rejection(send("nobody", "x"), "a message for nobody");
        assert.equal(error.name, "DeviceNotFoundError", String(error));
    });

    test("a body above 64 KB is refused", async () => {
        await hub.createDevice("small");
        await rejection(send("small", Buffer.alloc(65 * 1024 + 1)), "a message above 64 KB");
        await send("small", Buffer.alloc(60 * 1024));
    });

    test("full feedback tells of delivery and of expiry", async () => {
        const { result: feedback } = await within(service.getFeedbackReceiver(), "a receiver");
        const records = [];
        feedback.on("message", (message) => {
            const data = message.data ?? message.getData();
            records.push(...(Array.isArray(data) ? data : JSON.parse(data.toString())));
            feedback.complete(message).catch(() => {});
        });
        feedback.on("error", () => {});
        await receiver("acks");
        await hub.createDevice("lets-expire");
        const done = new Message("done");
        Object.assign(done, { messageId: "fb-done", ack: "full" });
        const gone = new Message("gone");
        Object.assign(gone, { messageId: "fb-gone", ack: "full",
            expiryTimeUtc: Date.now() + 1_000 });
        await send("acks", done);
        await send("lets-expire", gone);
        const record = (id) => records.find((one) => one.originalMessageId === id);
        await eventually(() => record("fb-done") && record("fb-gone"), "both records", kFeedbackMs);
        assert.equal(record("fb-done").deviceId, "acks");
        assert.equal(record("fb-done").statusCode, "Success");
        assert.equal(record("fb-gone").deviceId, "lets-expire");
        assert.equal(record("fb-gone").statusCode, "Expired");
        assert.match(record("fb-done").deviceGenerationId, /^\d+$/);
    });
});
