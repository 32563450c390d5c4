// The device twin as azure-iot-device sees it. Facts: twins, MQTT exchange and merge rules.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { eventually, nextEvent, rejection, startHub, within } from "./hub.mjs";

describe("device twin", () => {
    let hub;
    let registry;
    before(async () => {
        hub = await startHub();
        registry = hub.registry();
    });
    after(() => hub?.stop());

    async function openTwin(deviceId) {
        const { connectionString } = await hub.createDevice(deviceId);
        const client = hub.deviceClient(connectionString);
        await within(client.open(), "an open client");
        return { client, twin: await within(client.getTwin(), "the twin") };
    }

    function report(twin, patch) {
        return within(new Promise((resolve, reject) => {
            twin.properties.reported.update(patch, (error) => (error ? reject(error) : resolve()));
        }), "the acknowledgement of a reported patch");
    }

    async function seenByService(deviceId) {
        return (await within(registry.getTwin(deviceId), "the service's twin")).responseBody;
    }

    test("a fresh twin has two empty sections of version 1 and no metadata", async () => {
        const { twin } = await openTwin("fresh");
        assert.deepEqual({ ...twin.properties.desired }, { $version: 1 });
        const { update, ...reported } = twin.properties.reported;
        assert.equal(typeof update, "function");
        assert.deepEqual(reported, { $version: 1 });
    });

    test("a reported patch merges, null deletes, and each write raises the version", async () => {
        const { client, twin } = await openTwin("reports");
        await report(twin, { fw: "1.2", net: { ip: "10.0.0.1", up: true }, list: [1, 2] });
        await report(twin, { fw: null, net: { up: false }, list: [3] });
        const { properties } = await seenByService("reports");
        assert.equal(properties.reported.fw, undefined);
        assert.deepEqual(properties.reported.net, { ip: "10.0.0.1", up: false });
        assert.deepEqual(properties.reported.list, [3]);
        assert.equal(properties.reported.$version, 3);
        assert.equal(properties.reported.$metadata.fw, undefined);
        assert.match(properties.reported.$metadata.net.up.$lastUpdated, /^\d{4}-.*\.\d{7}Z$/);
        assert.equal(properties.reported.$metadata.net.$lastUpdatedVersion, undefined);

        const again = await within(client.getTwin(), "the twin again");
        assert.deepEqual(again.properties.reported.net, { ip: "10.0.0.1", up: false });
        assert.equal(again.properties.reported.$version, 3);
    });

    test("a reported patch without a member is accepted", async () => {
        const { twin } = await openTwin("empty-patch");
        await report(twin, {});
        await report(twin, { later: 1 });
        assert.equal((await seenByService("empty-patch")).properties.reported.later, 1);
    });

    test("a service patch arrives as a notice with its version, whole and by path", async () => {
        const { twin } = await openTwin("desires");
        const whole = [];
        const intervals = [];
        twin.on("properties.desired", (patch) => whole.push(patch));
        twin.on("properties.desired.interval", (value) => intervals.push(value));
        await eventually(() => whole.length > 0, "the first desired event");
        // The listener subscribes on its own; nothing says when. Until then notices are lost.
        await eventually(async () => {
            await registry.updateTwin("desires", { properties: { desired: { probe: 1 } } }, "*");
            return twin.properties.desired.probe === 1;
        }, "a notice after the subscription");
        const before = twin.properties.desired.$version;
        await within(registry.updateTwin("desires",
            { tags: { site: "a" },
                properties: { desired: { interval: 30, deep: { a: { b: 1 } } } } },
            "*"), "the service's patch");
        await eventually(() => intervals.includes(30), "the new interval");
        const last = whole.at(-1);
        assert.deepEqual(last, { interval: 30, deep: { a: { b: 1 } }, $version: last.$version });
        assert.ok(last.$version > before, `${last.$version} after ${before}`);
        assert.equal(last.$version, (await seenByService("desires")).properties.desired.$version);
    });

    test("nulls of a service patch arrive as nulls", async () => {
        const { twin } = await openTwin("nulls");
        await registry.updateTwin("nulls", { properties: { desired: { a: 1, b: 2 } } }, "*");
        const patches = [];
        twin.on("properties.desired", (patch) => patches.push(JSON.stringify(patch)));
        await eventually(async () => {
            await registry.updateTwin("nulls", { properties: { desired: { a: null } } }, "*");
            return patches.some((text) => text.includes('"a":null'));
        }, "a notice that deletes");
        const { properties } = await seenByService("nulls");
        assert.equal("a" in properties.desired, false);
        assert.equal(properties.desired.b, 2);
    });

    test("a replacement arrives as the whole new section", async () => {
        const { client, twin } = await openTwin("replaced");
        const patches = [];
        twin.on("properties.desired", (patch) => patches.push({ ...patch }));
        await eventually(async () => {
            await hub.rest("PUT", "/twins/replaced?api-version=2021-04-12",
                { body: { properties: { desired: { only: "this" } } } });
            return patches.some((patch) => patch.only === "this");
        }, "the notice of a replacement");
        const again = await within(client.getTwin(), "the twin again");
        const { $version, ...rest } = again.properties.desired;
        assert.ok($version > 1);
        assert.deepEqual(rest, { only: "this" });
    });

    test("tags never reach the device", async () => {
        const { client } = await openTwin("tagged");
        await registry.updateTwin("tagged", { tags: { secret: "x" } }, "*");
        const twin = await within(client.getTwin(), "the twin");
        assert.equal(JSON.stringify(twin.properties).includes("secret"), false);
    });

    test("a desired change while away is found by the next read", async () => {
        const { connectionString } = await hub.createDevice("away");
        await registry.updateTwin("away", { properties: { desired: { mode: "slow" } } }, "*");
        const client = hub.deviceClient(connectionString);
        const twin = await within(client.getTwin(), "the twin");
        assert.equal(twin.properties.desired.mode, "slow");
        assert.equal(twin.properties.desired.$version, 2);
    });

    // `depth` objects within each other; the innermost holds a number.
    function nested(depth) {
        return depth === 0 ? 1 : { level: nested(depth - 1) };
    }

    const kBad = {
        "a key with a dollar sign": { $bad: 1 },
        "a key with a dot": { "a.b": 1 },
        "a key with a space": { "a b": 1 },
        "a string over 4 KB": { text: "x".repeat(4097) },
        "an integer beyond 2^52": { number: 4503599627370496 },
        "objects nested too deep": nested(12),
        "more than 32 KB": Object.fromEntries([...Array(9).keys()]
            .map((i) => [`k${i}`, "x".repeat(4000)])),
        "an array at the top": [1, 2],
    };
    for (const [index, [what, patch]] of Object.entries(kBad).entries()) {
        test(`a reported patch with ${what} is refused and changes nothing`, async () => {
            const deviceId = `bad-${index}`;
            const { twin } = await openTwin(deviceId);
            const error = await rejection(report(twin, patch), `a patch with ${what}`);
            assert.equal(/without/.test(error.message), false, error.message);
            assert.equal((await seenByService(deviceId)).properties.reported.$version, 1);
            await report(twin, { still: "alive" });
        });
    }

    test("ten levels, 4096 bytes and the largest integers are accepted", async () => {
        const { twin } = await openTwin("limits");
        await report(twin, {
            ...nested(10),
            text: "x".repeat(4096), most: 4503599627370495, least: -4503599627370496,
        });
        const { reported } = (await seenByService("limits")).properties;
        assert.equal(reported.most, 4503599627370495);
        assert.equal(reported.least, -4503599627370496);
    });

    test("many reads and reports under way at once are answered each", async () => {
        const { client, twin } = await openTwin("many");
        const reports = [...Array(20).keys()].map((i) => report(twin, { [`n${i}`]: i }));
        const reads = [...Array(20).keys()].map(() => within(client.getTwin(), "a twin"));
        await Promise.all([...reports, ...reads]);
        const { reported } = (await seenByService("many")).properties;
        assert.equal(reported.n19, 19);
        assert.equal(reported.$version, 21);
    });

    test("the service sees who is connected", async () => {
        const { client } = await openTwin("seen");
        await eventually(async () => (await seenByService("seen")).connectionState === "Connected",
            "connectionState Connected");
        await within(client.close(), "a closed client");
        await eventually(async () =>
            (await seenByService("seen")).connectionState === "Disconnected",
            "connectionState Disconnected");
    });

    test("a model id of the user name appears in the twin", async () => {
        const { connectionString } = await hub.createDevice("model");
        const client = hub.deviceClient(connectionString);
        await within(client.setOptions({ modelId: "dtmi:com:example:Thermostat;1" }), "options");
        await within(client.open(), "an open client");
        assert.equal((await seenByService("model")).modelId, "dtmi:com:example:Thermostat;1");
    });

    test("no answer comes without a subscription to answers", async () => {
        const { key } = await hub.createDevice("unsubscribed");
        const client = hub.plainMqtt("unsubscribed", key);
        await nextEvent(client, "connect");
        let answers = 0;
        client.on("message", () => { answers += 1; });
        client.publish("$iothub/twin/GET/?$rid=1", "");
        await within(client.subscribe("$iothub/twin/res/#") &&
            new Promise((resolve) =>
                client.publish("$iothub/twin/GET/?$rid=2", "", { qos: 1 }, resolve)),
            "the PUBACK of a read at QoS 1");
        await eventually(() => answers > 0, "the answer to the second read");
        assert.equal(answers, 1);
        client.end(true);
    });
});
