// azure-iothub's Client itself: connections over AMQP and AMQP over WebSockets, receivers, rights.
// What it sends and calls stands in device_c2d and device_methods.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import common from "azure-iot-common";
import iothub from "azure-iothub";

import { eventually, rejection, startHub, within } from "./hub.mjs";

const { Message, NoRetry } = common;

describe("service client", () => {
    let hub;
    before(async () => { hub = await startHub(); });
    after(() => hub?.stop());

    function client(connectionString) {
        const made = hub.serviceClient(undefined, connectionString);
        made.setRetryPolicy(new NoRetry());
        return made;
    }

    test("open and close, twice", async () => {
        const service = client();
        for (let round = 0; round < 2; round += 1) {
            await within(service.open(), "open");
            await within(service.close(), "close");
        }
    });

    test("send opens on its own and says enqueued", async () => {
        await hub.createDevice("self-opened");
        const { result } = await within(client().send("self-opened", "hello"), "send");
        assert.equal(result.constructor.name, "MessageEnqueued");
        const { responseBody } = await hub.registry().get("self-opened");
        assert.equal(responseBody.cloudToDeviceMessageCount, 1);
    });

    test("a wrong key is refused", async () => {
        const wrong = hub.connectionString.replace(/SharedAccessKey=.*/,
            `SharedAccessKey=${Buffer.alloc(32).toString("base64")}`);
        const error = await rejection(client(wrong).open(), "open");
        assert.match(String(error), /Could not connect|Unauthorized/);
    });

    test("a token for methods that is a text of its own works", async () => {
        const key = /SharedAccessKey=(.+)$/.exec(hub.connectionString)[1];
        const sas = common.SharedAccessSignature.create(hub.hostName, "iothubowner", key,
            Math.floor(Date.now() / 1000) + 600).toString();
        const registry = iothub.Registry.fromSharedAccessSignature(sas);
        await hub.createDevice("by-token");
        const { responseBody } = await within(registry.get("by-token"), "the identity");
        assert.equal(responseBody.deviceId, "by-token");
    });

    test("the feedback receiver attaches and detaches", async () => {
        const service = client();
        await within(service.open(), "open");
        const { result } = await within(service.getFeedbackReceiver(), "a receiver");
        assert.equal(typeof result?.complete, "function");
        await within(result.detach(), "detach");
        await within(service.close(), "close");
    });

    test("the file notification receiver attaches", async () => {
        const service = client();
        await within(service.open(), "open");
        const { result } = await within(service.getFileNotificationReceiver(), "a receiver");
        assert.equal(typeof result?.complete, "function");
    });

    test("two clients at once, many messages each", async () => {
        await hub.createDevice("busy");
        const services = [client(), client()];
        await Promise.all(services.flatMap((service) => [...Array(20).keys()].map((i) =>
            within(service.send("busy", new Message(`m ${i}`)), "send"))));
        const { responseBody } = await hub.registry().get("busy");
        assert.equal(responseBody.cloudToDeviceMessageCount, 40);
    });

    test("a hub that ends is noticed, and the next send connects again", async () => {
        const service = client();
        await within(service.open(), "open");
        const lost = within(new Promise((resolve) => service.once("disconnect", resolve)),
            "the end");
        await hub.createDevice("again");
        await hub.restart();
        await lost;
        service.setRetryPolicy(new common.ExponentialBackOffWithJitter());
        await within(service.send("again", "hello"), "a send after the restart");
    });

    test("so is one that restarts on demand, and lets nobody in while it is down", async () => {
        const service = client();
        await within(service.open(), "open");
        await hub.createDevice("on-demand");
        const lost = within(new Promise((resolve) => service.once("disconnect", resolve)),
            "the end");
        const { status } = await hub.rest("PUT", "/admin/faults", {
            headers: { Authorization: `Bearer ${hub.ready.admin.token}` },
            body: { faults: [{ restart: { state: "keep", down_us: 3_000_000 } }] },
        });
        assert.equal(status, 204);
        await lost;
        const refused = client();
        refused.setRetryPolicy(new NoRetry());
        await rejection(refused.open(), "a connection while the hub is down");
        service.setRetryPolicy(new common.ExponentialBackOffWithJitter());
        await within(service.send("on-demand", "hello"), "a send after the restart");
    });

    test("AMQP over WebSockets at port 443 does the same", async () => {
        const service = hub.serviceClient(iothub.AmqpWs);
        service.setRetryPolicy(new NoRetry());
        await hub.createDevice("amqp-ws");
        await within(service.open(), "open");
        await within(service.send("amqp-ws", "hello"), "send");
        const { responseBody } = await hub.registry().get("amqp-ws");
        assert.equal(responseBody.cloudToDeviceMessageCount, 1);
    });

    test("the queue's count in twin and identity agree", async () => {
        await hub.createDevice("counted");
        const service = client();
        await within(service.send("counted", "one"), "send");
        await eventually(async () => (await hub.registry().getTwin("counted"))
            .responseBody.cloudToDeviceMessageCount === 1, "the twin's count");
    });
});
