// Connections that end: take-over, persisted sessions, token renewal, a hub that starts again.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import common from "azure-iot-common";

import { eventually, kStartMs, nextEvent, rejection, sleep, startHub, within } from "./hub.mjs";

const { Message, NoRetry } = common;

describe("device connections", () => {
    let hub;
    before(async () => { hub = await startHub(); });
    after(() => hub?.stop());

    function report(twin, patch) {
        return within(new Promise((resolve, reject) => {
            twin.properties.reported.update(patch, (error) => (error ? reject(error) : resolve()));
        }), "the acknowledgement of a reported patch");
    }

    test("a second connection of a device takes over, and the first is closed", async () => {
        const { connectionString } = await hub.createDevice("taken");
        const first = hub.deviceClient(connectionString);
        first.setRetryPolicy(new NoRetry());
        await within(first.open(), "the first client");
        const lost = nextEvent(first, "disconnect");
        const second = hub.deviceClient(connectionString);
        await within(second.open(), "the second client");
        await lost;
        await within(second.sendEvent(new Message("mine")), "an acknowledgement");
        assert.ok((await hub.status()).take_overs >= 1);
    });

    test("device and module connections do not disturb each other", async () => {
        const device = await hub.createDevice("both");
        const module = await hub.createModule("both", "agent");
        const deviceClient = hub.deviceClient(device.connectionString);
        const moduleClient = hub.moduleClient(module.connectionString);
        await within(deviceClient.open(), "the device");
        await within(moduleClient.open(), "the module");
        await within(deviceClient.sendEvent(new Message("d")), "the device's acknowledgement");
        await within(moduleClient.sendEvent(new Message("m")), "the module's acknowledgement");
        await within(deviceClient.sendEvent(new Message("d")), "the device's acknowledgement");
    });

    test("a plain client finds its session again only with CleanSession 0", async () => {
        const { key } = await hub.createDevice("sessions");
        const present = async (clean) => {
            const client = hub.plainMqtt("sessions", key, { clean });
            const connack = await nextEvent(client, "connect");
            await within(new Promise((resolve, reject) => client.subscribe("$iothub/twin/res/#",
                (error) => (error ? reject(error) : resolve()))), "a SUBACK");
            await within(new Promise((resolve) => client.end(false, resolve)), "the end");
            return connack.sessionPresent;
        };
        assert.equal(await present(false), false, "nothing is stored yet");
        assert.equal(await present(false), true, "the subscription was kept");
        assert.equal(await present(true), false, "a clean connect drops it");
        assert.equal(await present(false), false, "and a clean session is not kept");
    });

    test("subscriptions work again without a SUBSCRIBE after a connection is lost", async () => {
        // azure-iot-device does not subscribe twin answers again: it trusts the persisted session.
        const { connectionString, key } = await hub.createDevice("persisted");
        const client = hub.deviceClient(connectionString);
        const twin = await within(client.getTwin(), "the twin");
        const notices = [];
        twin.on("properties.desired.interval", (value) => notices.push(value));
        await report(twin, { before: 1 });
        const thief = hub.plainMqtt("persisted", key, { clean: false });
        await nextEvent(thief, "connect");
        thief.end(true);
        await sleep(200);  // Lets the SDK notice; were it still connected, the test is only weaker.
        await report(twin, { after: 1 });
        await eventually(async () => {
            await hub.registry().updateTwin("persisted",
                { properties: { desired: { interval: 7 } } }, "*");
            return notices.includes(7);
        }, "a notice after the reconnect");
        const { responseBody } = await hub.registry().getTwin("persisted");
        assert.equal(responseBody.properties.reported.after, 1);
    });

    test("token renewal reconnects, and twins and telemetry go on", async () => {
        const { connectionString } = await hub.createDevice("renews");
        const client = hub.deviceClient(connectionString);
        await within(client.setOptions({ tokenRenewal:
            { tokenValidTimeInSeconds: 60, tokenRenewalMarginInSeconds: 58 } }), "options");
        const before = (await hub.status()).connections.accepted;
        await within(client.open(), "an open client");
        const twin = await within(client.getTwin(), "the twin");
        await eventually(async () => (await hub.status()).connections.accepted >= before + 3,
            "two renewals");
        await report(twin, { renewed: true });
        await within(client.sendEvent(new Message("renewed")), "an acknowledgement");
    });

    test("a connect with a token that expired long ago is refused with code 5", async () => {
        const { key } = await hub.createDevice("expired");
        const client = hub.plainMqtt("expired", key,
            { expiry: Math.floor(Date.now() / 1000) - 3600 });
        const error = await nextEvent(client, "error");
        assert.equal(error.code, 5);
        client.end(true);
    });

    test("a connect with a token for another device is refused with code 5", async () => {
        const { key } = await hub.createDevice("mine");
        await hub.createDevice("theirs");
        const client = hub.plainMqtt("mine", key, { password: hub.token("devices/theirs", key) });
        const error = await nextEvent(client, "error");
        assert.equal(error.code, 5);
        client.end(true);
    });

    test("a policy with DeviceConnect opens devices; one without does not", async () => {
        await hub.createDevice("by-policy");
        const owner = /SharedAccessKey=(.+)$/.exec(hub.connectionString)[1];
        const client = hub.plainMqtt("by-policy", owner,
            { password: hub.token("devices/by-policy", owner, { policy: "iothubowner" }) });
        await nextEvent(client, "connect");
        client.end(true);
        const keyOf = (policy) => /SharedAccessKey=(.+)$/.exec(hub.ready.policies[policy])[1];
        for (const [policy, opens] of [["device", true], ["service", false]]) {
            const key = keyOf(policy);
            const other = hub.plainMqtt("by-policy", key,
                { password: hub.token("devices", key, { policy }) });
            if (opens) {
                await nextEvent(other, "connect");
            } else {
                assert.equal((await nextEvent(other, "error")).code, 5);
            }
            other.end(true);
        }
        const unknown = hub.plainMqtt("by-policy", owner,
            { password: hub.token("devices/by-policy", owner, { policy: "nobody" }) });
        assert.equal((await nextEvent(unknown, "error")).code, 5);
        unknown.end(true);
    });

    test("the secondary key opens, a device's key does not open its module", async () => {
        const { identity, key } = await hub.createDevice("keys");
        await hub.createModule("keys", "agent");
        const secondary = identity.authentication.symmetricKey.secondaryKey;
        const client = hub.plainMqtt("keys", secondary);
        await nextEvent(client, "connect");
        client.end(true);
        const module = hub.plainMqtt("keys/agent", key, {
            username: `${hub.hostName}/keys/agent/?api-version=2021-04-12`,
            password: hub.token("devices/keys/modules/agent", key),
        });
        assert.equal((await nextEvent(module, "error")).code, 5);
        module.end(true);
    });

    test("a first connection refused is not tried again", async () => {
        await hub.createDevice("refused");
        const wrong = Buffer.alloc(32).toString("base64");
        const client = hub.deviceClient(
            `HostName=${hub.hostName};DeviceId=refused;SharedAccessKey=${wrong}`);
        const error = await rejection(client.open(), "open");
        assert.equal(error.name, "UnauthorizedError");
    });

    test("clients survive a hub that ends and starts again with its state", async () => {
        const { connectionString } = await hub.createDevice("survivor");
        const client = hub.deviceClient(connectionString);
        const twin = await within(client.getTwin(), "the twin");
        const values = [];
        twin.on("properties.desired.round", (value) => values.push(value));
        await report(twin, { before: "restart" });
        for (const [round, signal] of [[1, "SIGTERM"], [2, "SIGKILL"]]) {
            await hub.restart(signal);
            // A write answered before a SIGKILL must still be there; the session as well.
            await within(client.sendEvent(new Message(`round ${round}`)),
                `an acknowledgement after ${signal}`, kStartMs);
            await within(report(twin, { round }), `a report after ${signal}`, kStartMs);
            await eventually(async () => {
                await hub.registry().updateTwin("survivor",
                    { properties: { desired: { round } } }, "*");
                return values.includes(round);
            }, `a notice after ${signal}`);
        }
        const { responseBody } = await hub.registry().getTwin("survivor");
        const { $metadata, $version, ...reported } = responseBody.properties.reported;
        assert.deepEqual(reported, { before: "restart", round: 2 });
        assert.equal($version, 4);
        assert.ok($metadata);
    });
});
