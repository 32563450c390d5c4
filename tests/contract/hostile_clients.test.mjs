// Clients that say nothing, or that say it slowly, or that do not listen: they are let go in time,
// and while they are there nobody else waits for them.
import assert from "node:assert/strict";
import net from "node:net";
import tls from "node:tls";
import { after, before, describe, test } from "node:test";

import { eventually, nextEvent, sleep, startHub, within } from "./hub.mjs";

const kCrowd = 150;           // Of each kind.
const kHandshakeMs = 20_000;  // The hub's own times, as it names them.
const kConnectMs = 30_000;
const kHeaderMs = 15_000;
const kPatienceMs = 15_000;   // Beyond, on a busy machine.
const kPromptMs = 3_000;

describe("hostile clients", { concurrency: true }, () => {
    let hub;
    let honest;
    const sockets = [];
    before(async () => {
        hub = await startHub();
        const { key } = await hub.createDevice("honest");
        honest = hub.plainMqtt("honest", key, { keepalive: 20 });
        await nextEvent(honest, "connect");
        await within(new Promise((resolve) => honest.subscribe("$iothub/twin/res/#", resolve)),
            "a SUBACK");
    });
    after(() => {
        sockets.forEach((socket) => socket.destroy());
        honest?.end(true);
        return hub?.stop();
    });

    // Resolves when the hub has closed it, with how long that took.
    function closed(socket, begun = Date.now()) {
        sockets.push(socket);
        socket.on("error", () => {});
        socket.resume();
        return new Promise((resolve) =>
            socket.once("close", () => resolve(Date.now() - begun)));
    }

    const plain = ({ port, host }) => net.connect({ port, host });
    const secure = ({ port, host }) => new Promise((resolve, reject) => {
        const socket = tls.connect({ port, host, servername: hub.hostName });
        socket.once("secureConnect", () => resolve(socket));
        socket.once("error", reject);
    });

    async function expectEnd(sockets, limitMs, what) {
        const times = await within(Promise.all(sockets.map((socket) => closed(socket))),
            `the end of ${what}`, limitMs + kPatienceMs);
        assert.ok(Math.min(...times) > 1000, `${what} ended at once: ${Math.min(...times)} ms`);
    }

    async function crowd(make) {
        return within(Promise.all(Array.from({ length: kCrowd }, make)), "a crowd", 60_000);
    }

    // A twin read of the honest device, and one of the service, in ms.
    async function promptness() {
        const begun = Date.now();
        const answer = nextEvent(honest, "message");
        honest.publish("$iothub/twin/GET/?$rid=1", "");
        await answer;
        assert.equal((await hub.rest("GET", "/twins/honest?api-version=2021-04-12")).status, 200);
        return Date.now() - begun;
    }

    test("TCP without a byte of TLS", async () =>
        expectEnd(await crowd(() => plain(hub.ready.mqtts)), kHandshakeMs, "silence"));

    test("TLS without a CONNECT", async () =>
        expectEnd(await crowd(() => secure(hub.ready.mqtts)), kConnectMs, "an empty connection"));

    test("a CONNECT byte by byte", async () => {
        const slow = await crowd(() => secure(hub.ready.mqtts));
        const drip = setInterval(() => slow.forEach((socket) =>
            socket.writable && socket.write(Buffer.from([0x10]))), 2_500);
        // The first byte announces a CONNECT, the next one sixteen more, which take 40 s.
        await expectEnd(slow, kConnectMs, "a CONNECT that does not end");
        clearInterval(drip);
    });

    test("an HTTP header byte by byte", async () => {
        const slow = await crowd(() => secure(hub.ready.https));
        slow.forEach((socket) => socket.write("GET /devices HTTP/1.1\r\nx-slow: "));
        const drip = setInterval(() =>
            slow.forEach((socket) => socket.writable && socket.write("a")), 1_000);
        await expectEnd(slow, kHeaderMs, "a header that does not end");
        clearInterval(drip);
    });

    test("AMQP that stops after its first bytes", async () => {
        const slow = await crowd(() => secure(hub.ready.amqps));
        slow.forEach((socket) => socket.write(Buffer.from("AMQP\x03\x01\x00\x00", "latin1")));
        await expectEnd(slow, kConnectMs, "half an AMQP handshake");
    });

    test("a device that asks and does not listen", async () => {
        const { key } = await hub.createDevice("deaf");
        const client = hub.plainMqtt("deaf", key);
        client.on("error", () => {});
        await nextEvent(client, "connect");
        await within(new Promise((resolve) => client.subscribe("$iothub/twin/res/#", resolve)),
            "a SUBACK");
        client.publish("$iothub/twin/PATCH/properties/reported/?$rid=0",
            JSON.stringify({ large: "x".repeat(4000), more: "y".repeat(4000) }));
        const gone = nextEvent(client, "close", 60_000);
        client.stream.pause();
        for (let round = 0; round < 2_000 && !client.disconnecting && client.connected; ++round) {
            client.publish(`$iothub/twin/GET/?$rid=${round}`, "");
            if (round % 50 === 0) {
                await sleep(5);
            }
        }
        await eventually(async () => (await hub.status()).dropped["outgoing-full"] > 0,
            "the hub to let it go", 60_000);
        client.stream.resume();
        await gone;
        client.end(true);
    });

    test("nobody else waits for them", async () => {
        const times = [];
        const end = Date.now() + 25_000;  // While the others are at it.
        while (Date.now() < end) {
            times.push(await promptness());
            await sleep(200);
        }
        assert.ok(times.length > 20, `${times.length} rounds`);
        assert.ok(Math.max(...times) < kPromptMs, `slowest: ${Math.max(...times)} ms`);
    });

    test("the log names the rule, and not more often than it may", async () => {
        // The crowds that never said CONNECT, in full or at all.
        const counted = async () => {
            const status = await hub.status();
            return status.dropped["connect-timeout"] >= 2 * kCrowd && status;
        };
        const { log_lines_left_out: leftOut, uptime_s: seconds } =
            await eventually(counted, "all of them to be counted", kConnectMs + kPatienceMs);
        const lines = hub.said().trim().split("\n");
        assert.ok(lines.some((line) => /before CONNECT: connect-timeout$/.test(line)));
        assert.ok(lines.length <= 20 * (seconds + 1), `${lines.length} lines in ${seconds} s`);
        assert.ok(lines.length + leftOut >= 2 * kCrowd, "what is not told is counted");
    });
});
