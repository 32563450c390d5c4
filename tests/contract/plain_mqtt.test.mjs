// MQTT as a hub serves it: what a general broker would do and a hub does not. Spoken with mqtt.js,
// because Azure's client keeps these rules and so never breaks them.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { openEvents } from "./events.mjs";
import { nextEvent, startHub, within } from "./hub.mjs";

describe("plain MQTT", () => {
    let hub;
    let next = 0;
    before(async () => { hub = await startHub(); });
    after(() => hub?.stop());

    async function connected(options) {
        next += 1;
        const deviceId = `plain-${next}`;
        const { key } = await hub.createDevice(deviceId);
        const client = hub.plainMqtt(deviceId, key, options);
        client.on("error", () => {});
        const connack = await nextEvent(client, "connect");
        return { client, connack, deviceId, key,
            telemetry: `devices/${deviceId}/messages/events/` };
    }

    function subscribe(client, filters, qos = 0) {
        return within(new Promise((resolve, reject) => client.subscribe(filters, { qos },
            (error, granted) => (error ? reject(error) : resolve(granted)))), "a SUBACK");
    }

    const publish = (client, topic, options) => within(new Promise((resolve, reject) =>
        client.publish(topic, "{}", { qos: 1, ...options },
            (error) => (error ? reject(error) : resolve()))), `a PUBACK for ${topic}`);

    // The connection must end because of what `breaks` does.
    async function closedBy(breaks, options) {
        const { client, ...more } = await connected(options);
        const closed = nextEvent(client, "close");
        breaks(client, more);
        await closed;
        client.end(true);
    }

    async function stillAlive({ client, telemetry }) {
        await publish(client, telemetry);
        client.end(true);
    }

    test("QoS 1 is acknowledged, QoS 0 just taken", async () => {
        const one = await connected();
        await publish(one.client, one.telemetry);
        await publish(one.client, one.telemetry, { qos: 0 });
        await stillAlive(one);
    });

    for (const [what, bag] of Object.entries({
        "a bag": "%24.mid=1&a=b", "a leading question mark": "?a=b", "a trailing slash": "a=b/",
        "a key without a value": "lonely", "an unescaped system key": "$.mid=1",
    })) {
        test(`a topic with ${what} is telemetry`, async () => {
            const one = await connected();
            await publish(one.client, one.telemetry + bag);
            await stillAlive(one);
        });
    }

    test("telemetry without the last slash is telemetry", async () => {
        const one = await connected();
        await publish(one.client, one.telemetry.slice(0, -1));
        await stillAlive(one);
    });

    test("a publish at QoS 2 closes the connection", () =>
        closedBy((client, { telemetry }) => client.publish(telemetry, "{}", { qos: 2 })));

    test("a publish to an unknown topic closes the connection", () =>
        closedBy((client) => client.publish("some/topic", "{}", { qos: 1 })));

    test("a publish for another device closes the connection", () =>
        closedBy((client) => client.publish("devices/other/messages/events/", "{}", { qos: 1 })));

    test("a retained message is taken", async () => {
        const one = await connected();
        await publish(one.client, one.telemetry, { retain: true });
        await stillAlive(one);
    });

    const kFilters = (deviceId) => ["$iothub/twin/res/#", "$iothub/methods/POST/#",
        "$iothub/twin/PATCH/properties/desired/#", `devices/${deviceId}/messages/devicebound/#`];

    test("the documented filters are granted, one by one or in one SUBSCRIBE", async () => {
        const one = await connected();
        const granted = await subscribe(one.client, kFilters(one.deviceId), 1);
        assert.deepEqual(granted.map(({ qos }) => qos), [1, 1, 1, 1]);
        for (const filter of kFilters(one.deviceId)) {
            assert.equal((await subscribe(one.client, filter, 0))[0].qos, 0);
        }
        await stillAlive(one);
    });

    test("a subscription at QoS 2 is granted as 1", async () => {
        const one = await connected();
        assert.equal((await subscribe(one.client, "$iothub/twin/res/#", 2))[0].qos, 1);
        await stillAlive(one);
    });

    test("an UNSUBSCRIBE is answered, and answers stop", async () => {
        const one = await connected();
        await subscribe(one.client, "$iothub/twin/res/#");
        let answers = 0;
        one.client.on("message", () => { answers += 1; });
        await within(new Promise((resolve) =>
            one.client.unsubscribe("$iothub/twin/res/#", resolve)),
            "an UNSUBACK");
        await publish(one.client, "$iothub/twin/GET/?$rid=1");
        await publish(one.client, one.telemetry);
        assert.equal(answers, 0);
        one.client.end(true);
    });

    for (const filter of ["#", "+/+", "some/topic", "$iothub/#", "$SYS/#",
        "devices/other/messages/devicebound/#", "$iothub/twin/res/+"]) {
        test(`the filter ${filter} closes the connection`, () =>
            closedBy((client) => client.subscribe(filter)));
    }

    test("five subscriptions are served, the sixth closes the connection", async () => {
        await hub.createDevice("many");
        const { key } = await hub.createModule("many", "m");
        const client = hub.plainMqtt("many/m", key, {
            username: `${hub.hostName}/many/m/?api-version=2021-04-12`,
            password: hub.token("devices/many/modules/m", key),
        });
        client.on("error", () => {});
        await nextEvent(client, "connect");
        await subscribe(client, ["$iothub/twin/res/#", "$iothub/methods/POST/#",
            "$iothub/twin/PATCH/properties/desired/#", "devices/many/modules/m/#",
            "devices/many/modules/m/inputs/#"]);
        await publish(client, "devices/many/modules/m/messages/events/");
        const closed = nextEvent(client, "close");
        client.subscribe("$iothub/credentials/res/#");
        await closed;
        client.end(true);
    });

    test("a client id that is not the user name's is refused", async () => {
        const { key } = await hub.createDevice("right");
        const client = hub.plainMqtt("right", key, { clientId: "wrong" });
        const error = await nextEvent(client, "error");
        assert.ok([2, 5].includes(error.code), `code ${error.code}`);
        client.end(true);
    });

    test("another hub in the user name is refused", async () => {
        const { key } = await hub.createDevice("lost");
        const client = hub.plainMqtt("lost", key,
            { username: "other.azure-devices.net/lost/?api-version=2021-04-12" });
        assert.equal((await nextEvent(client, "error")).code, 5);
        client.end(true);
    });

    test("MQTT 3.1 is refused, and 5 as well", async () => {
        const { key } = await hub.createDevice("versions");
        for (const options of [{ protocolId: "MQIsdp", protocolVersion: 3 },
            { protocolVersion: 5 }]) {
            const client = hub.plainMqtt("versions", key, options);
            let accepted = false;
            client.on("connect", () => { accepted = true; });
            client.on("error", () => {});
            await nextEvent(client, "close");
            assert.equal(accepted, false);
            client.end(true);
        }
    });

    test("bytes that are no MQTT close the connection and disturb nobody else", async () => {
        const one = await connected();
        const closed = nextEvent(one.client, "close");
        one.client.stream.write(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
        await closed;
        one.client.end(true);
        await stillAlive(await connected());
    });

    test("a will may only be telemetry of the same device", async () => {
        const { key } = await hub.createDevice("willing");
        const wrong = hub.plainMqtt("willing", key,
            { will: { topic: "some/topic", payload: "x", qos: 1 } });
        let accepted = false;
        wrong.on("connect", () => { accepted = true; });
        wrong.on("error", () => {});
        await nextEvent(wrong, "close");
        assert.equal(accepted, false);
        wrong.end(true);
        const right = hub.plainMqtt("willing", key,
            { will: { topic: "devices/willing/messages/events/", payload: "x", qos: 1 } });
        await nextEvent(right, "connect");
        right.end(true);
    });

    describe("at the built-in endpoint", () => {
        let events;
        before(() => { events = openEvents(hub); });
        after(() => events?.close());

        test("a retained message carries mqtt-retain, another does not", async () => {
            const one = await connected();
            await publish(one.client, `${one.telemetry}%24.mid=retained`, { retain: true });
            await publish(one.client, `${one.telemetry}%24.mid=not-retained`);
            const event = await events.find((each) => each.messageId === "retained", "the event");
            assert.equal(event.properties["mqtt-retain"], "true");
            const other = await events.find((each) => each.messageId === "not-retained",
                "the other");
            assert.equal("mqtt-retain" in (other.properties ?? {}), false);
            one.client.end(true);
        });

        test("a will is published when the connection is lost, not after DISCONNECT", async () => {
            const will = (id) => ({ will: { payload: "gone", qos: 1,
                topic: `devices/${id}/messages/events/%24.mid=will-of-${id}` } });
            for (const id of ["polite", "rude"]) {
                const { key } = await hub.createDevice(id);
                const client = hub.plainMqtt(id, key, will(id));
                await nextEvent(client, "connect");
                if (id === "rude") {
                    client.stream.destroy();
                    client.end(true);
                } else {
                    await within(new Promise((resolve) => client.end(false, resolve)), "the end");
                }
            }
            const event = await events.find((each) => each.messageId === "will-of-rude",
                "the will");
            assert.equal(event.properties["iothub-MessageType"], "Will");
            assert.equal(event.systemProperties["iothub-connection-device-id"], "rude");
            assert.equal(events.all().some((each) => each.messageId === "will-of-polite"), false);
        });

        test("QoS 0 arrives, and the query form of a bag too", async () => {
            const one = await connected();
            await publish(one.client, `${one.telemetry}?$.mid=query-form&a=b&lonely/`, { qos: 0 });
            const event = await events.find((each) => each.messageId === "query-form", "the event");
            assert.equal(event.properties.a, "b");
            one.client.end(true);
        });
    });
});
