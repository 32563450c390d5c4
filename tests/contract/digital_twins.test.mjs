// azure-iothub's DigitalTwinClient: the Plug and Play view of a device, with its error paths.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import iothub from "azure-iothub";

import { rejection, startHub, within } from "./hub.mjs";

const kModel = "dtmi:com:example:TemperatureController;1";

describe("digital twins", () => {
    let hub;
    let client;
    let device;
    before(async () => {
        hub = await startHub();
        client = new iothub.DigitalTwinClient(
            new iothub.IoTHubTokenCredentials(hub.connectionString));
        const { connectionString } = await hub.createDevice("pnp");
        device = hub.deviceClient(connectionString);
        await within(device.setOptions({ modelId: kModel }), "the model id");
        await within(device.open(), "open");
    });
    after(() => hub?.stop());

    const ask = (promise) => within(promise, "an answer");
    const view = async (id = "pnp") => (await ask(client.getDigitalTwin(id)));

    test("a twin shows its model and what was reported", async () => {
        const twin = await ask(device.getTwin());
        await within(new Promise((resolve, reject) => twin.properties.reported.update(
            { serial: "a1", thermostat: { __t: "c", temperature: 20.5 } },
            (error) => (error ? reject(error) : resolve()))), "the report");
        const shown = await view();
        assert.equal(shown.$dtId, "pnp");
        assert.equal(shown.$metadata.$model, kModel);
        assert.equal(shown.serial, "a1");
        assert.equal(shown.thermostat.temperature, 20.5);
        assert.ok(shown._response.headers.get("etag"));
    });

    test("a patch reaches the device's desired properties, marked by component", async () => {
        const { _response: response } = await ask(client.updateDigitalTwin("pnp", [
            { op: "add", path: "/interval", value: 30 },
            { op: "add", path: "/thermostat/target", value: 21 }])) ?? {};
        assert.ok(!response || response.status === 202);
        const { responseBody } = await ask(hub.registry().getTwin("pnp"));
        assert.equal(responseBody.properties.desired.interval, 30);
        assert.deepEqual(responseBody.properties.desired.thermostat, { target: 21, __t: "c" });
    });

    test("an old etag is 412", async () => {
        const before = (await ask(hub.rest("GET", "/twins/pnp?api-version=2021-04-12"))).body.etag;
        await ask(client.updateDigitalTwin("pnp", [{ op: "add", path: "/n", value: 1 }], before));
        const error = await rejection(
            client.updateDigitalTwin("pnp", [{ op: "add", path: "/n", value: 2 }], before),
            "a patch with an old etag");
        assert.equal(error.statusCode, 412);
    });

    test("commands are answered by the device, of the root and of a component", async () => {
        device.onDeviceMethod("reboot", (request, response) => response.send(202, request.payload));
        device.onDeviceMethod("thermostat*report", (request, response) =>
            response.send(200, { max: 25 }));
        const root = await ask(client.invokeCommand("pnp", "reboot", { delay: 5 },
            { connectTimeoutInSeconds: 5, responseTimeoutInSeconds: 10 }));
        assert.equal(root.xMsCommandStatuscode, 202);
        assert.equal(root.delay ?? root.body?.delay, 5);
        const component = await ask(client.invokeComponentCommand("pnp", "thermostat", "report",
            "2026-01-01"));
        assert.equal(component.xMsCommandStatuscode, 200);
        assert.equal(component.max ?? component.body?.max, 25);
    });

    test("errors: unknown, offline, wrong patch, wrong key", async () => {
        await hub.createDevice("away");
        const wrong = new iothub.DigitalTwinClient(new iothub.IoTHubTokenCredentials(
            hub.connectionString.replace(/SharedAccessKey=.*/, "SharedAccessKey=AAAA")));
        for (const [status, call] of [
            [404, () => client.getDigitalTwin("nobody")],
            [404, () => client.updateDigitalTwin("nobody", [])],
            [404, () => client.invokeCommand("nobody", "reboot", {})],
            [404, () => client.invokeCommand("away", "reboot", {})],
            [400, () => client.updateDigitalTwin("pnp", [{ op: "test", path: "/n", value: 1 }])],
            [400, () => client.updateDigitalTwin("pnp", [{ op: "add", path: "n", value: 1 }])],
            [401, () => wrong.getDigitalTwin("pnp")],
        ]) {
            const error = await rejection(call(), String(call));
            assert.equal(error.statusCode, status, String(call));
        }
    });
});
