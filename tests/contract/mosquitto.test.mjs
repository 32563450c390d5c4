// Mosquitto's command line clients: an MQTT implementation that knows nothing of Azure.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { after, before, describe, test } from "node:test";

import { eventually, startHub, within } from "./hub.mjs";

const kInstalled = spawnSync("mosquitto_pub", ["--version"]).error === undefined;
const kKeepAliveMs = 25_000;  // Generous for 1.5 x 5 s, mosquitto's smallest.

const skip = kInstalled ? false : "mosquitto-clients is missing";
describe("mosquitto's clients", { skip }, () => {
    let hub;
    const children = new Set();
    before(async () => { hub = await startHub(); });
    after(() => {
        children.forEach((child) => child.kill("SIGKILL"));
        return hub?.stop();
    });

    // A client under way: {child, output(), ended}.
    async function start(program, deviceId, words, key) {
        key ??= (await hub.createDevice(deviceId)).key;
        const { host, port } = hub.ready.mqtts;
        // stdbuf: a pipe would keep its lines back until the end.
        const child = spawn("stdbuf",
            ["-oL", program, "-d", "-V", "mqttv311", "-h", host, "-p", String(port),
            "--cafile", process.env.NODE_EXTRA_CA_CERTS, "-i", deviceId,
            "-u", `${hub.hostName}/${deviceId}/?api-version=2021-04-12`,
            "-P", hub.token(`devices/${deviceId}`, key), ...words]);
        children.add(child);
        let output = "";
        for (const stream of [child.stdout, child.stderr]) {
            stream.setEncoding("utf8").on("data", (text) => { output += text; });
        }
        const ended = new Promise((resolve) => child.on("exit", (code) => {
            children.delete(child);
            resolve(code);
        }));
        return { child, ended, output: () => output };
    }

    async function publish(deviceId, words) {
        const client = await start("mosquitto_pub", deviceId, words);
        const code = await within(client.ended, "the end of mosquitto_pub");
        assert.equal(code, 0, client.output());
        return client.output();
    }

    // A client that the hub must close; mosquitto then says CONNECT once more.
    async function closed(program, deviceId, words) {
        const client = await start(program, deviceId, words);
        let code;
        client.ended.then((value) => { code = value; });
        await eventually(() => (code ?? 0) !== 0 ||
            client.output().split("sending CONNECT").length > 2, "a closed connection");
        client.child.kill("SIGKILL");
        return client.output();
    }

    const telemetry = (deviceId) => ["-t", `devices/${deviceId}/messages/events/`, "-m", "{}"];

    test("publish at QoS 0", () => publish("m-qos0", [...telemetry("m-qos0"), "-q", "0"]));

    test("publish at QoS 1 gets a PUBACK", async () => {
        assert.match(await publish("m-qos1", [...telemetry("m-qos1"), "-q", "1"]),
            /received PUBACK/);
    });

    test("publish at QoS 2 is closed, without a PUBREC", async () => {
        const output = await closed("mosquitto_pub", "m-qos2", [...telemetry("m-qos2"), "-q", "2"]);
        assert.doesNotMatch(output, /PUBREC/);
    });

    test("publish with RETAIN is accepted", () =>
        publish("m-retain", [...telemetry("m-retain"), "-q", "1", "-r"]));

    test("publish to an unknown topic is closed", async () => {
        const output = await closed("mosquitto_pub", "m-topic",
            ["-t", "a/b", "-m", "x", "-q", "1"]);
        assert.doesNotMatch(output, /PUBACK/);
    });

    test("a wrong key is refused: not authorised", async () => {
        await hub.createDevice("m-wrong");
        const client = await start("mosquitto_pub", "m-wrong", telemetry("m-wrong"),
            Buffer.alloc(32).toString("base64"));
        assert.equal(await within(client.ended, "the end of mosquitto_pub"), 5);
        assert.match(client.output(), /not authorised/i);
    });

    test("subscriptions at QoS 2 are granted as 1, at 0 as 0", async () => {
        for (const [qos, granted] of [["2", "1"], ["1", "1"], ["0", "0"]]) {
            const client = await start("mosquitto_sub", `m-sub${qos}`,
                ["-t", "$iothub/twin/res/#", "-q", qos, "-E"]);
            assert.equal(await within(client.ended, "the end of mosquitto_sub"), 0,
                client.output());
            assert.match(client.output(), new RegExp(`Subscribed \\(mid: \\d+\\): ${granted}`));
        }
    });

    test("a free filter is closed", () => closed("mosquitto_sub", "m-free", ["-t", "a/#"]));

    test("a desired notice arrives at a subscriber", async () => {
        const client = await start("mosquitto_sub", "m-notice",
            ["-t", "$iothub/twin/PATCH/properties/desired/#", "-C", "1", "-v"]);
        await eventually(() => client.output().includes("Subscribed"), "the SUBACK");
        await hub.registry().updateTwin("m-notice",
            { properties: { desired: { a: { b: null, c: 1 } } } }, "*");
        assert.equal(await within(client.ended, "the notice"), 0, client.output());
        const line = client.output().split("\n").find((text) => text.startsWith("$iothub/"));
        const [topic, body] = line.split(" ");
        assert.equal(topic, "$iothub/twin/PATCH/properties/desired/?$version=2");
        assert.deepEqual(JSON.parse(body), { a: { b: null, c: 1 }, $version: 2 });
    });

    test("pings keep a quiet connection, silence ends it in time", async () => {
        const connection = async () =>
            (await hub.registry().getTwin("m-quiet")).responseBody.connectionState;
        const client = await start("mosquitto_sub", "m-quiet",
            ["-t", "$iothub/twin/res/#", "-k", "5"]);
        await eventually(() => client.output().includes("received PINGRESP"), "a PINGRESP",
            kKeepAliveMs);
        assert.equal(await connection(), "Connected");
        client.child.kill("SIGSTOP");
        await eventually(async () => (await connection()) === "Disconnected", "the hub's close",
            kKeepAliveMs);
        client.child.kill("SIGKILL");
    });
});
