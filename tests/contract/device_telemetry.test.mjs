// Device-to-cloud messages of azure-iot-device: acknowledged, and at the built-in endpoint with all
// that was sent and all that the hub adds.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import common from "azure-iot-common";

import { openEvents } from "./events.mjs";
import { eventually, nextEvent, rejection, startHub, within } from "./hub.mjs";

const { Message } = common;

describe("device telemetry", () => {
    let hub;
    let device;
    let client;
    before(async () => {
        hub = await startHub();
        device = await hub.createDevice("sender");
        client = hub.deviceClient(device.connectionString);
        await within(client.open(), "an open client");
    });
    after(() => hub?.stop());

    test("a message is acknowledged", async () => {
        const result = await within(client.sendEvent(new Message("hello")), "an acknowledgement");
        assert.equal(result.constructor.name, "MessageEnqueued");
    });

    test("an empty body is acknowledged", async () => {
        await within(client.sendEvent(new Message("")), "an acknowledgement");
    });

    test("two hundred messages under way at once are acknowledged each", async () => {
        await Promise.all([...Array(200).keys()].map((i) =>
            within(client.sendEvent(new Message(`burst ${i}`)), `acknowledgement ${i}`)));
    });

    test("a body near the limit of 256 KB is acknowledged", async () => {
        await within(client.sendEvent(new Message(Buffer.alloc(255 * 1024, 0x61))),
            "an acknowledgement");
    });

    test("a body above the limit closes the connection of plain MQTT", async () => {
        const { key } = await hub.createDevice("too-large");
        const plain = hub.plainMqtt("too-large", key);
        plain.on("error", () => {});
        await nextEvent(plain, "connect");
        plain.publish("devices/too-large/messages/events/", Buffer.alloc(257 * 1024), { qos: 1 });
        await nextEvent(plain, "close");
        plain.end(true);
    });

    test("wrong keys, unknown devices and disabled devices are refused", async () => {
        const wrong = device.connectionString.replace(/SharedAccessKey=.*/,
            `SharedAccessKey=${Buffer.alloc(32).toString("base64")}`);
        const unknown = device.connectionString.replace("DeviceId=sender", "DeviceId=nobody");
        const disabled = await hub.createDevice("disabled", { status: "disabled" });
        for (const text of [wrong, unknown, disabled.connectionString]) {
            const error = await rejection(hub.deviceClient(text).open(), `open with ${text}`);
            assert.equal(error.constructor.name, "UnauthorizedError", String(error));
        }
    });

    test("a disabled device loses its connection", async () => {
        const { connectionString } = await hub.createDevice("soon-disabled");
        const victim = hub.deviceClient(connectionString);
        victim.setRetryPolicy(new common.NoRetry());
        await within(victim.open(), "an open client");
        const lost = nextEvent(victim, "disconnect");
        await hub.registry().update({ deviceId: "soon-disabled", status: "disabled" });
        await lost;
    });

    test("a deleted device loses its connection", async () => {
        const { connectionString } = await hub.createDevice("soon-deleted");
        const victim = hub.deviceClient(connectionString);
        victim.setRetryPolicy(new common.NoRetry());
        await within(victim.open(), "an open client");
        const lost = nextEvent(victim, "disconnect");
        await hub.registry().delete("soon-deleted");
        await lost;
    });

    describe("at the built-in endpoint", () => {
        let events;
        before(() => { events = openEvents(hub); });
        after(() => events?.close());

        async function send(message) {
            await within(client.sendEvent(message), "an acknowledgement");
        }

        test("every property that the package can set arrives", async () => {
            const message = new Message(JSON.stringify({ temperature: 21.5 }));
            Object.assign(message, {
                messageId: "all-properties", correlationId: "c-1", userId: "u-1", to: "/somewhere",
                contentType: "application/json", contentEncoding: "utf-8",
                expiryTimeUtc: new Date(Date.now() + 3_600_000),
            });
            message.properties.add("plain", "value");
            message.properties.add("odd & key=", "ü/?#%+ €");
            message.properties.add("empty", "");
            message.properties.add("dt-subject", "thermostat1");
            await send(message);

            const event = await events.find((one) => one.messageId === "all-properties",
                "the event");
            // All but the user id, which this package keeps from its readers.
            const raw = event.getRawAmqpMessage();
            assert.deepEqual(event.body, { temperature: 21.5 });
            assert.equal(event.correlationId, "c-1");
            assert.equal(raw.properties.to, "/somewhere");
            assert.equal(event.contentType, "application/json");
            assert.equal(raw.properties.contentEncoding, "utf-8");
            assert.equal(new Date(raw.properties.absoluteExpiryTime).getTime(),
                message.expiryTimeUtc.getTime());
            assert.deepEqual(event.properties,
                { plain: "value", "odd & key=": "ü/?#%+ €", empty: "" });
            assert.equal(event.systemProperties["dt-subject"], "thermostat1");
        });

        test("the hub's own annotations name identity, source and time", async () => {
            const start = Date.now();
            const message = new Message("{}");
            message.messageId = "annotated";
            await send(message);
            const event = await events.find((one) => one.messageId === "annotated", "the event");
            const system = event.systemProperties;
            assert.equal(system["iothub-connection-device-id"], "sender");
            assert.equal("iothub-connection-module-id" in system, false);
            assert.equal(system["iothub-connection-auth-generation-id"],
                device.identity.generationId);
            assert.deepEqual(JSON.parse(system["iothub-connection-auth-method"]), {
                scope: "device", type: "sas", issuer: "iothub", acceptingIpFilterRule: null,
            });
            assert.equal(system["iothub-message-source"], "Telemetry");
            const enqueued = new Date(system["iothub-enqueuedtime"]).getTime();
            assert.ok(Math.abs(enqueued - start) < 60_000, `${enqueued} beside ${start}`);
            assert.ok(event.enqueuedTimeUtc instanceof Date);
            assert.equal(typeof event.sequenceNumber, "number");
            assert.equal(typeof event.offset, "string");
        });

        test("bytes that are no text arrive unchanged", async () => {
            const bytes = Buffer.from([...Array(256).keys()]);
            const message = new Message(bytes);
            message.messageId = "bytes";
            await send(message);
            const event = await events.find((one) => one.messageId === "bytes", "the event");
            assert.deepEqual(Buffer.from(event.body), bytes);
        });

        test("messages of one device keep their order", async () => {
            const batch = [...Array(50).keys()].map((i) => {
                const message = new Message(JSON.stringify({ ordered: i }));
                message.properties.add("series", "order");
                return message;
            });
            await Promise.all(batch.map((message) => send(message)));
            const mine = () => events.all().filter((one) => one.properties?.series === "order");
            await eventually(() => mine().length === 50, "50 events");
            assert.deepEqual(mine().map((one) => one.body.ordered), [...Array(50).keys()]);
        });
    });
});
