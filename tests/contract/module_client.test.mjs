// Module identities with azure-iot-device's ModuleClient: twin, telemetry, methods.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import common from "azure-iot-common";

import { openEvents } from "./events.mjs";
import { eventually, rejection, startHub, within } from "./hub.mjs";

const { Message } = common;
const kModule = "DefenderIotMicroAgent";

describe("module client", () => {
    let hub;
    let registry;
    before(async () => {
        hub = await startHub();
        registry = hub.registry();
    });
    after(() => hub?.stop());

    async function open(deviceId) {
        await hub.createDevice(deviceId);
        const { connectionString, identity } = await hub.createModule(deviceId, kModule);
        const client = hub.moduleClient(connectionString);
        client.setRetryPolicy(new common.NoRetry());
        await within(client.open(), "an open client");
        return { client, identity };
    }

    function report(twin, patch) {
        return within(new Promise((resolve, reject) => {
            twin.properties.reported.update(patch, (error) => (error ? reject(error) : resolve()));
        }), "the acknowledgement of a reported patch");
    }

    test("module twin and device twin are two", async () => {
        const { client } = await open("twins");
        const twin = await within(client.getTwin(), "the twin");
        assert.equal(twin.properties.desired.$version, 1);
        const values = [];
        twin.on("properties.desired.Interval", (value) => values.push(value));
        await report(twin, { latest_state: { a: 1 } });
        await eventually(async () => {
            await registry.updateModuleTwin("twins", kModule,
                { properties: { desired: { Interval: 5 } } }, "*");
            return values.includes(5);
        }, "a notice");
        await registry.updateTwin("twins", { properties: { desired: { Interval: 99 } } }, "*");
        const module = (await registry.getModuleTwin("twins", kModule)).responseBody;
        const device = (await registry.getTwin("twins")).responseBody;
        assert.equal(module.moduleId, kModule);
        assert.deepEqual(module.properties.reported.latest_state, { a: 1 });
        assert.equal("latest_state" in device.properties.reported, false);
        assert.equal(device.properties.desired.Interval, 99);
        assert.equal(values.includes(99), false);
    });

    test("telemetry is acknowledged, with outputs and without", async () => {
        const { client } = await open("telemetry");
        await within(client.sendEvent(new Message("x")), "an acknowledgement");
        await within(client.sendOutputEvent("out1", new Message("y")), "an acknowledgement");
    });

    test("an inputMessage listener subscribes", async () => {
        const { client } = await open("inputs");
        client.on("inputMessage", () => {});
        await within(client.sendEvent(new Message("still here")), "an acknowledgement");
        await within(client.getTwin(), "the twin");
        await within(client.sendEvent(new Message("and later")), "an acknowledgement");
    });

    test("methods reach the module, and its own device stays out of it", async () => {
        const { client } = await open("methods");
        const service = hub.serviceClient();
        service.setRetryPolicy(new common.NoRetry());
        client.onMethod("scan", (request, response) =>
            response.send(202, { got: request.payload }));
        const call = () => service.invokeDeviceMethod("methods", kModule,
            { methodName: "scan", payload: [1] });
        const { result } = await eventually(() => call().catch((error) => {
            if (error.response?.headers["iothub-errorcode"] !== "DeviceNotOnline") {
                throw error;
            }
        }), "an answered call");
        assert.deepEqual(result, { status: 202, payload: { got: [1] } });
        const error = await rejection(
            service.invokeDeviceMethod("methods", { methodName: "scan" }), "the device's call");
        assert.equal(error.response.headers["iothub-errorcode"], "DeviceNotOnline");
    });

    test("a method of an unknown module is 404010 ModuleNotFound", async () => {
        await hub.createDevice("no-module");
        const service = hub.serviceClient();
        service.setRetryPolicy(new common.NoRetry());
        const error = await rejection(service.invokeDeviceMethod("no-module", "nobody",
            { methodName: "scan" }), "the call");
        assert.equal(error.response.statusCode, 404);
        assert.match(error.response.headers["iothub-errorcode"], /^ModuleNotFound/);
    });

    test("a deleted module loses its connection", async () => {
        const { client } = await open("deleted");
        const lost = within(new Promise((resolve) => client.once("disconnect", resolve)),
            "the end");
        await within(registry.removeModule("deleted", kModule), "the removal");
        await lost;
    });

    describe("at the built-in endpoint", () => {
        let events;
        before(() => { events = openEvents(hub); });
        after(() => events?.close());

        test("module messages name device, module and scope", async () => {
            const { client, identity } = await open("source");
            const message = new Message('{"n":1}');
            message.messageId = "from-module";
            await within(client.sendOutputEvent("out1", message), "an acknowledgement");
            const event = await events.find((one) => one.messageId === "from-module", "the event");
            const system = event.systemProperties;
            assert.equal(system["iothub-connection-device-id"], "source");
            assert.equal(system["iothub-connection-module-id"], kModule);
            assert.equal(system["iothub-connection-auth-generation-id"], identity.generationId);
            assert.equal(JSON.parse(system["iothub-connection-auth-method"]).scope, "module");
        });

        test("security messages stay out of it", async () => {
            const { client } = await open("secret");
            const security = new Message('{"AgentVersion":"0.0.1"}');
            security.setAsSecurityMessage();
            security.messageId = "security";
            await within(client.sendEvent(security), "an acknowledgement");
            const plain = new Message("{}");
            plain.messageId = "after-security";
            await within(client.sendEvent(plain), "an acknowledgement");
            await events.find((one) => one.messageId === "after-security", "the later event");
            assert.equal(events.all().some((one) => one.messageId === "security"), false);
        });
    });
});
