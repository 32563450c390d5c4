// What the other files do not touch of the packages' public surface: how the hub takes part in it,
// or that it does not.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";

import device from "azure-iot-device";
import deviceMqtt from "azure-iot-device-mqtt";
import iothub from "azure-iothub";

import { eventually, rejection, startHub, within } from "./hub.mjs";

const { Message } = device;
const require = createRequire(import.meta.url);

describe("the rest of the packages' surface", () => {
    let hub;
    before(async () => { hub = await startHub(); });
    after(() => hub?.stop());

    const ask = (promise) => within(promise, "an answer");

    describe("azure-iot-device", () => {
        test("a new token is taken by reconnecting", async () => {
            const { key } = await hub.createDevice("renews");
            const client = device.Client.fromSharedAccessSignature(
                hub.token("devices/renews", key), deviceMqtt.Mqtt);
            hub.clients.push(client);
            await ask(client.open());
            const renew = (token) => new Promise((resolve, reject) =>
                client.updateSharedAccessSignature(token,
                    (error) => (error ? reject(error) : resolve())));
            const before = (await hub.status()).connections.accepted;
            await ask(renew(hub.token("devices/renews", key)));
            await ask(client.sendEvent(new Message("after")));
            assert.ok((await hub.status()).connections.accepted > before);
        });

        test("a client made of an authentication provider opens", async () => {
            const { connectionString } = await hub.createDevice("provided");
            const provider = device.SharedAccessKeyAuthenticationProvider
                .fromConnectionString(connectionString);
            provider.setTokenRenewalValues(60, 10);
            const client = device.Client.fromAuthenticationProvider(provider, deviceMqtt.Mqtt);
            hub.clients.push(client);
            await ask(client.open());
            await ask(client.sendEvent(new Message("x")));
        });

        test("a module client finds its connection string in the environment", async () => {
            await hub.createDevice("environment");
            const { connectionString } = await hub.createModule("environment", "m");
            process.env.IotHubConnectionString = connectionString;
            try {
                const client = await ask(device.ModuleClient.fromEnvironment(deviceMqtt.Mqtt));
                hub.clients.push(client);
                await ask(client.open());
                await ask(client.sendOutputEvent("out", new Message("x")));
            } finally {
                delete process.env.IotHubConnectionString;
            }
        });

        test("what MQTT has no word for fails at the client", async () => {
            const { connectionString } = await hub.createDevice("wordless");
            const client = hub.deviceClient(connectionString);
            await ask(client.open());
            client.setRetryPolicy(new (require("azure-iot-common").NoRetry)());
            for (const call of [() => client.sendEventBatch([new Message("x")]),
                () => client.reject(new Message("x")), () => client.abandon(new Message("x"))]) {
                const error = await rejection((async () => call())(), String(call));
                assert.equal(error.name, "NotImplementedError", String(call));
            }
        });
    });

    describe("azure-iothub", () => {
        test("import and export jobs: none, and none can be made without storage", async () => {
            const registry = hub.registry();
            assert.deepEqual((await ask(registry.listJobs())).responseBody, []);
            for (const call of [
                () => registry.importDevicesFromBlob("https://a/in?x", "https://a/out?x"),
                () => registry.exportDevicesToBlob("https://a/out?x", true)]) {
                const error = await rejection(call(), String(call));
                assert.equal(error.response.statusCode, 400);
                assert.equal(error.response.headers["iothub-errorcode"],
                    "BlobContainerValidationError");
            }
            for (const call of [() => registry.getJob("none"), () => registry.cancelJob("none")]) {
                const error = await rejection(call(), String(call));
                assert.equal(error.response.statusCode, 404);
            }
        });

        test("feedback that is abandoned comes again", async () => {
            const { connectionString } = await hub.createDevice("feedback");
            const client = hub.serviceClient(iothub.Amqp);
            await ask(client.open());
            const { result: feedback } = await ask(client.getFeedbackReceiver());
            const batches = [];
            feedback.on("error", () => {});
            feedback.on("message", (batch) => {
                batches.push(batch);
                const settle = batches.length === 1 ? "abandon" : "complete";
                feedback[settle](batch).catch(() => {});
            });
            const message = new (require("azure-iot-common").Message)("x");
            message.ack = "full";
            await ask(client.send("feedback", message));
            const listener = hub.deviceClient(connectionString);
            await ask(listener.open());
            listener.on("message", (got) => listener.complete(got, () => {}));
            await eventually(() => batches.length >= 2, "the batch for the second time", 60_000);
            assert.equal(String(batches[0].data), String(batches[1].data));
        });

        test("clients made of a token instead of a key", async () => {
            const owner = require("azure-iot-common").ConnectionString.parse(hub.connectionString);
            const token = require("azure-iot-common").SharedAccessSignature.create(hub.hostName,
                owner.SharedAccessKeyName, owner.SharedAccessKey,
                Math.floor(Date.now() / 1000) + 3600).toString();
            const statistics = await ask(
                iothub.Registry.fromSharedAccessSignature(token).getRegistryStatistics());
            assert.ok(statistics.responseBody.totalDeviceCount > 0);
            const error = await rejection(
                iothub.JobClient.fromSharedAccessSignature(token).getJob("none"), "an unknown job");
            assert.equal(error.response.statusCode, 404);
        });
    });
});
