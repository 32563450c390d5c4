// azure-iothub's Registry: identities, modules and bulk, with their error paths.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import common from "azure-iot-common";

import { inOneHour, rejection, startHub, within } from "./hub.mjs";

const kVersion = "api-version=2021-04-12";

describe("registry", () => {
    let hub;
    let registry;
    before(async () => {
        hub = await startHub();
        registry = hub.registry();
    });
    after(() => hub?.stop());

    const ask = async (promise) => (await within(promise, "an answer")).responseBody;

    // The error of a call: its class as the package chose it, HTTP status and the hub's own name.
    async function refusal(promise) {
        const error = await rejection(promise, "the call");
        assert.ok(error.response, `no HTTP answer: ${error.stack}`);
        assert.match(error.response.headers["content-type"], /application\/json/);
        return { kind: error.name, status: error.response.statusCode,
            code: error.response.headers["iothub-errorcode"] };
    }

    describe("devices", () => {
        test("a new device has keys, a generation and an etag, and is offline", async () => {
            const device = await ask(registry.create({ deviceId: "new" }));
            assert.equal(device.deviceId, "new");
            assert.match(device.generationId, /^\d+$/);
            assert.match(Buffer.from(device.etag, "base64").toString(), /^\d+$/);
            assert.equal(device.status, "enabled");
            assert.equal(device.connectionState, "Disconnected");
            assert.equal(device.cloudToDeviceMessageCount, 0);
            assert.equal(device.lastActivityTime, "0001-01-01T00:00:00");
            assert.equal(device.authentication.type, "sas");
            const { primaryKey, secondaryKey } = device.authentication.symmetricKey;
            assert.equal(Buffer.from(primaryKey, "base64").length >= 16, true);
            assert.notEqual(primaryKey, secondaryKey);
            assert.deepEqual(device.authentication.x509Thumbprint,
                { primaryThumbprint: null, secondaryThumbprint: null });
            assert.deepEqual(device.capabilities, { iotEdge: false });
        });

        test("keys given are kept, and get returns what create returned", async () => {
            const [primaryKey, secondaryKey] = [1, 2].map((n) =>
                Buffer.alloc(32, n).toString("base64"));
            const made = await ask(registry.create({ deviceId: "keyed", status: "disabled",
                statusReason: "in stock",
                authentication: { symmetricKey: { primaryKey, secondaryKey } } }));
            const got = await ask(registry.get("keyed"));
            assert.deepEqual(JSON.parse(JSON.stringify(got)), JSON.parse(JSON.stringify(made)));
            assert.deepEqual(got.authentication.symmetricKey, { primaryKey, secondaryKey });
            assert.equal(got.status, "disabled");
            assert.equal(got.statusReason, "in stock");
        });

        test("every character that an id may have passes", async () => {
            const deviceId = "aZ09-:.+%_#*?!(),=@;$'";
            await ask(registry.create({ deviceId }));
            assert.equal((await ask(registry.get(deviceId))).deviceId, deviceId);
            assert.equal((await ask(registry.getTwin(deviceId))).deviceId, deviceId);
            await within(registry.delete(deviceId), "the removal");
        });

        test("ids differ by case", async () => {
            await ask(registry.create({ deviceId: "Case" }));
            await ask(registry.create({ deviceId: "case" }));
            assert.equal((await ask(registry.get("Case"))).deviceId, "Case");
        });

        test("a second create is 409 DeviceAlreadyExists", async () => {
            await ask(registry.create({ deviceId: "twice" }));
            assert.deepEqual(await refusal(registry.create({ deviceId: "twice" })),
                { kind: "DeviceAlreadyExistsError", status: 409, code: "DeviceAlreadyExists" });
        });

        test("an unknown device is 404 DeviceNotFound, whatever one asks", async () => {
            const expected = { kind: "DeviceNotFoundError", status: 404, code: "DeviceNotFound" };
            assert.deepEqual(await refusal(registry.get("nobody")), expected);
            assert.deepEqual(await refusal(registry.update({ deviceId: "nobody" })), expected);
            assert.deepEqual(await refusal(registry.delete("nobody")), expected);
            assert.deepEqual(await refusal(registry.getTwin("nobody")), expected);
            assert.deepEqual(await refusal(registry.updateTwin("nobody", { tags: {} }, "*")),
                expected);
        });

        for (const [what, deviceId] of Object.entries({
            "a space": "a b", "a slash": "a/b", "an umlaut": "ä", "129 characters": "x".repeat(129),
        })) {
            test(`an id with ${what} is 400`, async () => {
                const { kind, status } = await refusal(registry.create({ deviceId }));
                assert.deepEqual({ kind, status }, { kind: "ArgumentError", status: 400 });
            });
        }

        for (const [what, description] of Object.entries({
            "a status of its own": { status: "sleeping" },
            "a key that is no base64": { authentication:
                { symmetricKey: { primaryKey: "not base64!", secondaryKey: "neither!" } } },
            "an unknown kind of authentication": { authentication: { type: "password" } },
        })) {
            test(`a device with ${what} is 400`, async () => {
                const { status } = await refusal(registry.create({ deviceId: "bad",
                    ...description }));
                assert.equal(status, 400);
                assert.equal((await refusal(registry.get("bad"))).status, 404);
            });
        }

        test("an update changes the status and the etag, and keeps the generation", async () => {
            const made = await ask(registry.create({ deviceId: "updates" }));
            const updated = await ask(registry.update({ ...JSON.parse(JSON.stringify(made)),
                status: "disabled", statusReason: "broken" }));
            assert.equal(updated.status, "disabled");
            assert.equal(updated.statusReason, "broken");
            assert.equal(updated.generationId, made.generationId);
            assert.notEqual(updated.etag, made.etag);
            assert.deepEqual(updated.authentication.symmetricKey, made.authentication.symmetricKey);
            const twin = await ask(registry.getTwin("updates"));
            assert.equal(twin.status, "disabled");
            assert.equal(twin.deviceEtag, updated.etag);
        });

        test("If-Match decides: 412 for an old etag, quoted or not", async () => {
            const { etag } = await ask(registry.create({ deviceId: "matched" }));
            const put = (match) => hub.rest("PUT", `/devices/matched?${kVersion}`,
                { body: { deviceId: "matched", status: "enabled" },
                    headers: { "If-Match": match } });
            assert.equal((await put('"bm90aGluZw=="')).status, 412);
            assert.equal((await put(`"${etag}"`)).status, 200);
            assert.equal((await put(`"${etag}"`)).status, 412);
            const now = (await ask(registry.get("matched"))).etag;
            assert.equal((await put(now)).status, 200);
        });

        test("a deleted device is gone with modules and twin", async () => {
            const made = await ask(registry.create({ deviceId: "gone" }));
            await within(registry.addModule({ deviceId: "gone", moduleId: "m" }), "the module");
            await ask(registry.updateTwin("gone", { tags: { old: true } }, "*"));
            const { httpResponse } = await within(registry.delete("gone"), "the removal");
            assert.equal(httpResponse.statusCode, 204);
            assert.equal((await refusal(registry.get("gone"))).status, 404);
            const successor = await ask(registry.create({ deviceId: "gone" }));
            assert.notEqual(successor.generationId, made.generationId);
            assert.deepEqual((await ask(registry.getTwin("gone"))).tags, {});
            assert.deepEqual(await ask(registry.getModulesOnDevice("gone")), []);
        });

        test("list returns the devices, top as many as asked for", async () => {
            await ask(registry.create({ deviceId: "listed" }));
            const devices = await ask(registry.list());
            assert.ok(devices.some((device) => device.deviceId === "listed"));
            assert.equal((await hub.rest("GET", `/devices?top=2&${kVersion}`)).body.length, 2);
        });

        test("statistics count devices by status", async () => {
            const before = await ask(registry.getRegistryStatistics());
            await ask(registry.create({ deviceId: "counted-1" }));
            await ask(registry.create({ deviceId: "counted-2", status: "disabled" }));
            assert.deepEqual(await ask(registry.getRegistryStatistics()), {
                totalDeviceCount: before.totalDeviceCount + 2,
                enabledDeviceCount: before.enabledDeviceCount + 1,
                disabledDeviceCount: before.disabledDeviceCount + 1,
            });
            const service = await hub.rest("GET", `/statistics/service?${kVersion}`);
            assert.equal(typeof service.body.connectedDeviceCount, "number");
        });
    });

    describe("bulk", () => {
        const named = (prefix, n) =>
            [...Array(n).keys()].map((i) => ({ deviceId: `${prefix}-${i}` }));

        test("a hundred devices are added, updated and removed at once", async () => {
            const devices = named("bulk", 100);
            const added = await ask(registry.addDevices(devices));
            assert.deepEqual(added, { isSuccessful: true, errors: [], warnings: [] });
            assert.equal((await ask(registry.get("bulk-99"))).status, "enabled");
            await ask(registry.updateDevices(
                devices.map((device) => ({ ...device, status: "disabled" })), true));
            assert.equal((await ask(registry.get("bulk-0"))).status, "disabled");
            await ask(registry.removeDevices(devices, true));
            assert.equal((await refusal(registry.get("bulk-50"))).status, 404);
        });

        test("a hundred and one are 400", async () => {
            // The package counts for itself, so this one goes out by hand.
            const body = named("over", 101).map(({ deviceId }) =>
                ({ id: deviceId, importMode: "create" }));
            assert.equal((await hub.rest("POST", `/devices?${kVersion}`, { body })).status, 400);
            assert.equal((await refusal(registry.get("over-0"))).status, 404);
        });

        test("what fails is named, and the rest is applied", async () => {
            await ask(registry.create({ deviceId: "partial-1" }));
            const error = await rejection(registry.addDevices(named("partial", 3)), "the bulk");
            assert.equal(error.response.statusCode, 400);
            const { isSuccessful, errors } = JSON.parse(error.responseBody);
            assert.equal(isSuccessful, false);
            assert.equal(errors.length, 1);
            assert.equal(errors[0].deviceId, "partial-1");
            assert.ok([409001, "DeviceAlreadyExists"].includes(errors[0].errorCode));
            await ask(registry.get("partial-2"));
        });

        test("etags guard updates and removals that are not forced", async () => {
            const { etag } = await ask(registry.create({ deviceId: "guarded" }));
            const stale = { deviceId: "guarded", etag: "bm90aGluZw==" };
            assert.equal((await refusal(registry.updateDevices([stale], false))).status, 400);
            assert.equal((await refusal(registry.removeDevices([stale], false))).status, 400);
            await ask(registry.removeDevices([{ deviceId: "guarded", etag }], false));
            assert.equal((await refusal(registry.get("guarded"))).status, 404);
        });

        test("twins and modules can be made in bulk", async () => {
            const answer = await hub.rest("POST", `/devices?${kVersion}`, { body: [
                { id: "with-twin", importMode: "create", status: "enabled", tags: { site: "b" },
                    properties: { desired: { interval: 5 } } },
                { id: "with-twin", moduleId: "agent", importMode: "create",
                    properties: { desired: { level: 2 } } },
            ] });
            assert.equal(answer.status, 200, JSON.stringify(answer.body));
            const twin = await ask(registry.getTwin("with-twin"));
            assert.equal(twin.tags.site, "b");
            assert.equal(twin.properties.desired.interval, 5);
            const module = await ask(registry.getModuleTwin("with-twin", "agent"));
            assert.equal(module.properties.desired.level, 2);
            const patched = await hub.rest("POST", `/devices?${kVersion}`, { body: [
                { id: "with-twin", importMode: "updateTwin",
                    properties: { desired: { interval: 6 } } },
            ] });
            assert.equal(patched.status, 200, JSON.stringify(patched.body));
            assert.equal((await ask(registry.getTwin("with-twin"))).properties.desired.interval, 6);
        });
    });

    describe("modules", () => {
        before(() => ask(registry.create({ deviceId: "host" })));

        test("a module is made, listed, updated and removed", async () => {
            const made = await ask(registry.addModule({ deviceId: "host", moduleId: "one" }));
            assert.equal(made.moduleId, "one");
            assert.equal(made.deviceId, "host");
            assert.match(made.generationId, /^\d+$/);
            assert.ok(made.authentication.symmetricKey.primaryKey);
            const listed = await ask(registry.getModulesOnDevice("host"));
            assert.deepEqual(listed.map((module) => module.moduleId), ["one"]);
            const primaryKey = Buffer.alloc(32, 9).toString("base64");
            const updated = await ask(registry.updateModule({ ...made,
                authentication: { symmetricKey: { primaryKey, secondaryKey: primaryKey } } }));
            assert.notEqual(updated.etag, made.etag);
            assert.equal(updated.authentication.symmetricKey.primaryKey, primaryKey);
            assert.deepEqual(await refusal(registry.updateModule({ ...made })),
                { kind: "InvalidEtagError", status: 412, code: "PreconditionFailed" });
            await within(registry.updateModule({ ...made }, true), "a forced update");
            await within(registry.removeModule("host", "one"), "the removal");
            assert.equal((await refusal(registry.getModule("host", "one"))).status, 404);
        });

        test("errors name what is missing or there already", async () => {
            await ask(registry.addModule({ deviceId: "host", moduleId: "same" }));
            const again = await refusal(registry.addModule({ deviceId: "host", moduleId: "same" }));
            assert.deepEqual(again,
                { kind: "DeviceAlreadyExistsError", status: 409,
                    code: "ModuleAlreadyExistsOnDevice" });
            const missing = await refusal(registry.getModule("host", "nobody"));
            assert.deepEqual([missing.status, missing.code], [404, "ModuleNotFound"]);
            assert.equal((await refusal(registry.getModuleTwin("host", "nobody"))).status, 404);
            const orphan = await refusal(registry.addModule({ deviceId: "nobody", moduleId: "m" }));
            assert.deepEqual(orphan,
                { kind: "DeviceNotFoundError", status: 404, code: "DeviceNotFound" });
            assert.equal((await refusal(registry.getModulesOnDevice("nobody"))).status, 404);
        });

        test("a removal may be guarded by the module's etag", async () => {
            const made = await ask(registry.addModule({ deviceId: "host", moduleId: "guarded" }));
            // With a module instead of ids the package knows callbacks only.
            const remove = (module) =>
                new Promise((resolve, reject) => registry.removeModule(module,
                (error) => (error ? reject(error) : resolve())));
            const stale = { deviceId: "host", moduleId: "guarded", etag: "bm90aGluZw==" };
            assert.equal((await refusal(remove(stale))).status, 412);
            await within(remove(made), "the removal");
        });
    });

    describe("rights", () => {
        const withKey = (key, policy = "iothubowner") =>
            `HostName=${hub.hostName};SharedAccessKeyName=${policy};SharedAccessKey=${key}`;

        test("a wrong key and an unknown policy are 401", async () => {
            const key = Buffer.alloc(32).toString("base64");
            for (const policy of ["iothubowner", "nobody"]) {
                const wrong = hub.registry(withKey(key, policy));
                const { kind, status } = await refusal(wrong.get("host"));
                assert.deepEqual({ kind, status }, { kind: "UnauthorizedError", status: 401 });
            }
        });

        test("each policy opens what its rights name, and no more", async () => {
            const as = (policy) => hub.registry(hub.ready.policies[policy]);
            const made = (id) => ({ deviceId: id });
            await within(as("registryRead").get("host"), "registryRead's get");
            await within(as("registryReadWrite").create(made("by-writer")), "a create");
            await within(as("registryReadWrite").get("by-writer"), "registryReadWrite's get");
            await within(as("service").getTwin("host"), "service's twin");
            for (const [policy, refused] of [
                ["registryRead", (registry) => registry.create(made("by-reader"))],
                ["registryRead", (registry) => registry.getTwin("host")],
                ["registryReadWrite", (registry) => registry.getTwin("host")],
                ["service", (registry) => registry.get("host")],
                ["device", (registry) => registry.get("host")],
            ]) {
                const { kind, status } = await refusal(refused(as(policy)));
                assert.deepEqual({ policy, kind, status },
                    { policy, kind: "UnauthorizedError", status: 401 });
            }
        });

        test("a token for another host is 401", async () => {
            const owner = common.ConnectionString.parse(hub.connectionString);
            const other = common.SharedAccessSignature.create("other.azure-devices.net",
                "iothubowner", owner.SharedAccessKey, inOneHour()).toString();
            const answer = await hub.rest("GET", `/devices/host?${kVersion}`,
                { headers: { Authorization: other } });
            assert.equal(answer.status, 401);
        });

        test("no token at all is 401", async () => {
            const answer = await hub.rest("GET", `/devices/host?${kVersion}`,
                { headers: { Authorization: "" } });
            assert.equal(answer.status, 401);
            assert.match(answer.headers["content-type"], /application\/json/);
        });
    });

    describe("requests that are wrong", () => {
        for (const [what, [method, path, body]] of Object.entries({
            "JSON cut short": ["PUT", `/devices/cut?${kVersion}`, '{"deviceId":"cut"'],
            "another id in the body": ["PUT", `/devices/one?${kVersion}`, { deviceId: "two" }],
            "a bulk that is no list": ["POST", `/devices?${kVersion}`, { id: "x" }],
            "an unknown import mode": ["POST", `/devices?${kVersion}`,
                [{ id: "x", importMode: "perhaps" }]],
        })) {
            test(`${what} is 400`, async () => {
                const answer = await hub.rest(method, path, { body });
                assert.equal(answer.status, 400, JSON.stringify(answer.body));
                assert.equal(typeof answer.body, "object");
            });
        }

        test("an unknown path is 404 and a wrong verb no 2xx", async () => {
            assert.equal((await hub.rest("GET", `/nothing?${kVersion}`)).status, 404);
            assert.ok((await hub.rest("PATCH", `/devices/host?${kVersion}`)).status >= 400);
        });
    });
});
