// The built-in endpoint through @azure/event-hubs: properties, positions, sources, readers.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { EventHubConsumerClient, latestEventPosition } from "@azure/event-hubs";
import common from "azure-iot-common";

import { collect, consumerClient, openEvents } from "./events.mjs";
import { eventually, sleep, startHub, within } from "./hub.mjs";

const { Message } = common;
const kRetry = { retryOptions: { maxRetries: 0, timeoutInMs: 15_000 } };

describe("built-in endpoint", () => {
    let hub;
    let device;
    let events;
    let sent;  // Ten events of one device, so of one partition.
    before(async () => {
        // A new hub routes telemetry alone.
        const sources = ["Telemetry", "twinChangeEvents", "deviceLifecycleEvents",
            "deviceConnectionStateEvents"];
        hub = await startHub(sources.flatMap((source) => ["--route", source]));
        const { connectionString } = await hub.createDevice("source");
        device = hub.deviceClient(connectionString);
        await within(device.open(), "an open client");
        for (let n = 0; n < 10; n += 1) {
            await send(n, "first");
        }
        events = openEvents(hub);
        const first = () => events.all().filter((event) => event.properties?.series === "first");
        sent = await eventually(() => first().length === 10 && first(), "ten events");
    });
    after(async () => {
        await events?.close();
        await hub?.stop();
    });

    async function send(n, series) {
        const message = new Message(JSON.stringify({ n }));
        message.properties.add("series", series);
        await within(device.sendEvent(message), "an acknowledgement");
    }

    // What a reader of the device's partition sees from this position on, up to n = 9.
    async function from(position) {
        const client = consumerClient(hub, kRetry);
        const { partitionId } = sent[0];
        const collected = collect(client, position, { partitionId });
        try {
            await eventually(() => collected.events.some((event) => event.body?.n === 9),
                "event 9");
            assert.deepEqual(collected.errors, []);
            return collected.events.filter((event) => event.properties?.series === "first")
                .map((event) => event.body.n);
        } finally {
            await collected.subscription.close();
            await client.close();
        }
    }

    // The first error of a reader that must not be served.
    async function refusal(client, options) {
        const collected = collect(client, latestEventPosition, options);
        try {
            return await eventually(() => collected.errors[0], "an error");
        } finally {
            await collected.subscription.close();
            await client.close();
        }
    }

    describe("properties", () => {
        let client;
        before(() => { client = consumerClient(hub, kRetry); });
        after(() => client.close());

        test("the hub has a name, a birthday and four partitions", async () => {
            const properties = await within(client.getEventHubProperties(), "properties");
            assert.equal(properties.name, hub.ready.events.entity_path);
            assert.ok(properties.createdOn instanceof Date && !Number.isNaN(+properties.createdOn));
            assert.deepEqual(properties.partitionIds, ["0", "1", "2", "3"]);
            assert.deepEqual(await within(client.getPartitionIds(), "ids"), ["0", "1", "2", "3"]);
        });

        test("a partition knows its first and last event", async () => {
            const last = sent.at(-1);
            const properties = await within(client.getPartitionProperties(last.partitionId), "it");
            assert.equal(properties.partitionId, last.partitionId);
            assert.equal(properties.eventHubName, hub.ready.events.entity_path);
            assert.equal(properties.isEmpty, false);
            assert.ok(properties.beginningSequenceNumber <= sent[0].sequenceNumber);
            assert.ok(properties.lastEnqueuedSequenceNumber >= last.sequenceNumber);
            assert.ok(Number(properties.lastEnqueuedOffset) >= Number(last.offset));
            assert.ok(+properties.lastEnqueuedOnUtc >= +last.enqueuedTimeUtc);
        });

        test("a partition that nobody wrote to is empty", async () => {
            const all = await Promise.all((await client.getPartitionIds()).map((id) =>
                within(client.getPartitionProperties(id), `partition ${id}`)));
            const used = new Set(events.all().map((event) => event.partitionId));
            for (const one of all.filter(({ partitionId }) => !used.has(partitionId))) {
                assert.equal(one.isEmpty, true, `partition ${one.partitionId}`);
            }
        });

        test("an unknown partition is refused", async () => {
            await assert.rejects(within(client.getPartitionProperties("99"), "an answer"),
                (error) => !/without an answer/.test(error.message));
        });
    });

    describe("positions", () => {
        const numbers = (first) => [...Array(10 - first).keys()].map((i) => first + i);

        test("one device stays in one partition, in rising order", () => {
            assert.equal(new Set(sent.map((event) => event.partitionId)).size, 1);
            for (let i = 1; i < sent.length; i += 1) {
                assert.equal(sent[i].sequenceNumber > sent[i - 1].sequenceNumber, true);
                assert.equal(Number(sent[i].offset) > Number(sent[i - 1].offset), true);
            }
        });

        test("earliest", async () => {
            assert.deepEqual(await from({ offset: "-1" }), numbers(0));
        });

        test("behind a sequence number, and from it on", async () => {
            const { sequenceNumber } = sent[4];
            assert.deepEqual(await from({ sequenceNumber }), numbers(5));
            assert.deepEqual(await from({ sequenceNumber, isInclusive: true }), numbers(4));
        });

        test("behind an offset, and from it on", async () => {
            const { offset } = sent[6];
            assert.deepEqual(await from({ offset }), numbers(7));
            assert.deepEqual(await from({ offset, isInclusive: true }), numbers(6));
        });

        test("from an instant on", async () => {
            const enqueuedOn = new Date(+sent[0].enqueuedTimeUtc - 60_000);
            assert.deepEqual(await from({ enqueuedOn }), numbers(0));
            const behind = sent.findLast((event) =>
                +event.enqueuedTimeUtc < +sent[9].enqueuedTimeUtc);
            if (behind) {  // Else all came within one millisecond.
                const later = await from({ enqueuedOn: behind.enqueuedTimeUtc });
                assert.ok(!later.includes(behind.body.n) && later.includes(9), `${later}`);
            }
        });

        test("latest: only what comes afterwards", async () => {
            const client = consumerClient(hub, kRetry);
            const { partitionId } = sent[0];
            const collected = collect(client, latestEventPosition, { partitionId });
            let n = 0;
            await eventually(async () => {
                await send(n, "latest");
                n += 1;
                await sleep(100);
                return collected.events.length > 0;
            }, "an event");
            assert.ok(collected.events.every((event) => event.properties.series === "latest"));
            await collected.subscription.close();
            await client.close();
        });

        test("many events flow beyond the first credit", async () => {
            await Promise.all([...Array(1000).keys()].map((n) => send(n, "many")));
            const many = () => events.all().filter((event) => event.properties?.series === "many");
            await eventually(() => many().length >= 1000, "a thousand events");
            assert.equal(new Set(many().map((event) => event.body.n)).size, 1000);
            assert.equal(new Set(many().map((event) => event.sequenceNumber)).size, 1000);
        });
    });

    describe("readers", () => {
        test("the last enqueued event is told to those who ask", async () => {
            const client = consumerClient(hub, kRetry);
            const { partitionId } = sent[0];
            const collected = collect(client, undefined,
                { partitionId, trackLastEnqueuedEventProperties: true });
            await eventually(() => collected.lastEnqueued?.sequenceNumber >= sent[9].sequenceNumber,
                "the last enqueued sequence number");
            assert.ok(collected.lastEnqueued.offset);
            assert.ok(collected.lastEnqueued.enqueuedOn instanceof Date);
            await collected.subscription.close();
            await client.close();
        });

        test("a higher owner level takes a partition over, a lower one is refused", async () => {
            const { partitionId } = sent[0];
            const [low, high] = [consumerClient(hub, kRetry), consumerClient(hub, kRetry)];
            const first = collect(low, undefined, { partitionId, ownerLevel: 1 });
            await eventually(() => first.events.length > 0, "events of the first");
            const second = collect(high, undefined, { partitionId, ownerLevel: 2 });
            await eventually(() => second.events.length > 0, "events of the second");
            const stolen = await eventually(() => first.errors[0], "the first one's end");
            assert.equal(stolen.code, "ReceiverDisconnectedError", String(stolen));
            const late = await refusal(consumerClient(hub, kRetry), { partitionId, ownerLevel: 1 });
            assert.equal(late.code, "ReceiverDisconnectedError", String(late));
            for (const [collected, client] of [[first, low], [second, high]]) {
                await collected.subscription.close();
                await client.close();
            }
        });

        const withText = (change) => {
            const { connection_string: text, entity_path: path } = hub.ready.events;
            const full = /EntityPath=/.test(text) ? text : `${text};EntityPath=${path}`;
            return new EventHubConsumerClient("$Default", change(full), kRetry);
        };

        test("a wrong key is unauthorized", async () => {
            const error = await refusal(withText((text) => text.replace(/SharedAccessKey=[^;]*/,
                `SharedAccessKey=${Buffer.alloc(32).toString("base64")}`)), { partitionId: "0" });
            assert.equal(error.code, "UnauthorizedError", String(error));
        });

        test("an unknown event hub is not found", async () => {
            const error = await refusal(withText((text) =>
                text.replace(/EntityPath=[^;]*/, "EntityPath=nothing")), { partitionId: "0" });
            assert.ok(["MessagingEntityNotFoundError", "UnauthorizedError"].includes(error.code),
                String(error));
        });

        test("an unknown consumer group is not found", async () => {
            const { connection_string: text, entity_path: path } = hub.ready.events;
            const client = /EntityPath=/.test(text)
                ? new EventHubConsumerClient("nobody", text, kRetry)
                : new EventHubConsumerClient("nobody", text, path, kRetry);
            const error = await refusal(client, { partitionId: "0" });
            assert.equal(error.code, "MessagingEntityNotFoundError", String(error));
        });
    });

    describe("sources beside telemetry", () => {
        const of = (source, deviceId, opType) => (event) =>
            event.systemProperties?.["iothub-message-source"] === source &&
            event.systemProperties["iothub-connection-device-id"] === deviceId &&
            (!opType || event.properties?.opType === opType);

        test("creation and removal of a device", async () => {
            await hub.createDevice("lives");
            await hub.registry().delete("lives");
            const made = await events.find(
                of("deviceLifecycleEvents", "lives", "createDeviceIdentity"), "the creation");
            assert.equal(made.properties.hubName.length > 0, true);
            assert.equal(made.properties.deviceId, "lives");
            assert.equal(made.properties["iothub-message-schema"], "deviceLifecycleNotification");
            assert.match(made.properties.operationTimestamp, /^\d{4}-/);
            assert.equal(made.contentType, "application/json");
            assert.equal(made.body.deviceId, "lives");
            assert.equal(made.body.etag, "AAAAAAAAAAE=");
            assert.equal(made.body.version, 2);
            await events.find(of("deviceLifecycleEvents", "lives", "deleteDeviceIdentity"),
                "the removal");
        });

        test("twin changes from both sides, with only the changed section", async () => {
            const { connectionString } = await hub.createDevice("changes");
            await hub.registry().updateTwin("changes",
                { properties: { desired: { interval: 8 } } }, "*");
            const desired = await events.find((event) => of("twinChangeEvents", "changes",
                "updateTwin")(event) && event.body.properties?.desired, "the desired change");
            assert.equal(desired.properties["iothub-message-schema"], "twinChangeNotification");
            assert.equal(desired.body.properties.desired.interval, 8);
            assert.equal(desired.body.properties.desired.$version, 2);
            assert.equal("reported" in desired.body.properties, false);
            assert.equal(typeof desired.body.version, "number");

            const client = hub.deviceClient(connectionString);
            const twin = await within(client.getTwin(), "the twin");
            await within(new Promise((resolve, reject) => twin.properties.reported.update({ fw: 2 },
                (error) => (error ? reject(error) : resolve()))), "the report");
            const reported = await events.find((event) => of("twinChangeEvents", "changes",
                "updateTwin")(event) && event.body.properties?.reported, "the reported change");
            assert.equal(reported.body.properties.reported.fw, 2);

            await hub.rest("PUT", "/twins/changes?api-version=2021-04-12",
                { body: { tags: { a: 1 }, properties: { desired: { only: 1 } } } });
            const replaced = await events.find(of("twinChangeEvents", "changes", "replaceTwin"),
                "the replacement");
            assert.equal(replaced.body.properties.desired.only, 1);
        });

        test("module twins name their module", async () => {
            await hub.createDevice("module-host");
            await hub.createModule("module-host", "agent");
            await hub.registry().updateModuleTwin("module-host", "agent",
                { properties: { desired: { x: 1 } } }, "*");
            const event = await events.find(of("twinChangeEvents", "module-host"), "the change");
            assert.equal(event.systemProperties["iothub-connection-module-id"], "agent");
            assert.equal(event.properties.moduleId, "agent");
        });

        test("connections of a device", async () => {
            const { connectionString } = await hub.createDevice("comes");
            const client = hub.deviceClient(connectionString);
            await within(client.sendEvent(new Message("here")), "an acknowledgement");
            const event = await events.find(
                of("deviceConnectionStateEvents", "comes", "deviceConnected"), "the connection");
            assert.equal(event.properties["iothub-message-schema"],
                "deviceConnectionStateNotification");
            assert.match(event.body.sequenceNumber, /^[0-9A-F]+$/i);
            await within(client.close(), "close");
            await events.find(of("deviceConnectionStateEvents", "comes", "deviceDisconnected"),
                "the disconnection");
        });

        test("security messages of a device never appear", async () => {
            const security = new Message('{"AgentVersion":"0.0.1"}');
            security.setAsSecurityMessage();
            security.properties.add("series", "security");
            await within(device.sendEvent(security), "an acknowledgement");
            await send(1, "after-security");
            // A reader of its own: the higher owner level took a partition from the first one.
            const later = openEvents(hub);
            await later.find((event) => event.properties?.series === "after-security",
                "the later");
            assert.equal(later.all().some((event) => event.properties?.series === "security"),
                false);
            await later.close();
        });
    });
});
