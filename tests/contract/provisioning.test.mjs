// Device provisioning: azure-iot-provisioning-device over MQTT, enrolments over REST, and the hub's
// identities that come of it.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, test } from "node:test";

import common from "azure-iot-common";
import provisioning from "azure-iot-provisioning-device";
import provisioningMqtt from "azure-iot-provisioning-device-mqtt";
import symmetricKey from "azure-iot-security-symmetric-key";
import x509 from "azure-iot-security-x509";

import { makeCa, makeLeaf } from "./certificates.mjs";
import { inOneHour, rejection, route, startHub, within } from "./hub.mjs";

const { ProvisioningDeviceClient } = provisioning;
const { SymmetricKeySecurityClient } = symmetricKey;
const { X509Security } = x509;
const kVersion = "api-version=2021-10-01";
const kRegisterMs = 30_000;

describe("device provisioning", () => {
    let hub;
    let dps;
    let service;  // {host, policy, key} of the enrolments' REST API.
    before(async () => {
        hub = await startHub();
        dps = hub.ready.dps;
        if (!dps) {
            throw new Error("not served: the ready file names no dps");
        }
        const named = common.ConnectionString.parse(dps.connection_string);
        service = { host: named.HostName, policy: named.SharedAccessKeyName,
            key: named.SharedAccessKey };
        route(service.host, 443, dps.https ?? hub.ready.https, "localhost");
    });
    after(() => hub?.stop());

    const derived = (registrationId, groupKey = dps.group_key) =>
        createHmac("sha256", Buffer.from(groupKey, "base64")).update(registrationId)
            .digest("base64");
    const keyOf = (n) => Buffer.alloc(32, n).toString("base64");

    function clientFor(security) {
        return ProvisioningDeviceClient.create(`localhost:${dps.port}`, dps.id_scope,
            new provisioningMqtt.Mqtt(), security);
    }

    function register(security, payload) {
        const client = clientFor(security);
        if (payload !== undefined) {
            client.setProvisioningPayload(payload);
        }
        return within(client.register(), "a registration", kRegisterMs);
    }

    const withKey = (registrationId, key) => new SymmetricKeySecurityClient(registrationId, key);
    const withCertificate = (registrationId, { cert, key }) =>
        new X509Security(registrationId, { cert, key });

    const rest = (method, path, options = {}) =>
        hub.rest(method, `${path}?${kVersion}`, { ...service, ...options });

    async function enroll(registrationId, attestation, more = {}) {
        const answer = await rest("PUT", `/enrollments/${registrationId}`,
            { body: { registrationId, attestation, ...more } });
        assert.ok([200, 201].includes(answer.status), JSON.stringify(answer));
        return answer.body;
    }

    const keys = (primary, secondary = 99) => ({ type: "symmetricKey",
        symmetricKey: { primaryKey: keyOf(primary), secondaryKey: keyOf(secondary) } });

    async function connects(state, key) {
        const client = hub.deviceClient(
            `HostName=${state.assignedHub};DeviceId=${state.deviceId};SharedAccessKey=${key}`);
        await within(client.open(), "the provisioned device");
        await within(client.sendEvent(new common.Message("provisioned")), "an acknowledgement");
    }

    describe("with symmetric keys", () => {
        test("a member of the group is assigned and can connect to the hub", async () => {
            const key = derived("group-1");
            const state = await register(withKey("group-1", key));
            assert.equal(state.status, "assigned");
            assert.equal(state.substatus, "initialAssignment");
            assert.equal(state.registrationId, "group-1");
            assert.equal(state.deviceId, "group-1");
            assert.equal(state.assignedHub, hub.hostName);
            assert.match(state.createdDateTimeUtc, /^\d{4}-.*Z$/);
            assert.ok(state.etag);
            await connects(state, key);
        });

        test("a second registration finds the same device", async () => {
            const security = () => withKey("group-2", derived("group-2"));
            const first = await register(security());
            const second = await register(security());
            assert.equal(second.deviceId, first.deviceId);
            assert.equal(second.assignedHub, first.assignedHub);
        });

        test("an individual enrolment names its own device id and first twin", async () => {
            await enroll("individual-1", keys(1), { deviceId: "Named-Device", initialTwin:
                { tags: { site: "x" }, properties: { desired: { interval: 3 } } } });
            const state = await register(withKey("individual-1", keyOf(1)));
            assert.equal(state.deviceId, "Named-Device");
            const { responseBody } = await hub.registry().getTwin("Named-Device");
            assert.equal(responseBody.tags.site, "x");
            assert.equal(responseBody.properties.desired.interval, 3);
            await connects(state, keyOf(1));
        });

        test("the secondary key of an individual enrolment opens as well", async () => {
            await enroll("individual-2", keys(2, 3));
            assert.equal((await register(withKey("individual-2", keyOf(3)))).status, "assigned");
        });

        test("a payload is accepted", async () => {
            const state = await register(withKey("payload-1", derived("payload-1")),
                { modelId: "dtmi:com:example:Thermostat;1" });
            assert.equal(state.status, "assigned");
        });

        test("a wrong key is refused", async () => {
            const error = await rejection(register(withKey("group-3", keyOf(5))),
                "the registration",
                kRegisterMs + 5_000);
            assert.match(String(error), /Not authorized/);
        });

        test("an individual enrolment comes before the group", async () => {
            await enroll("both-1", keys(6));
            const error = await rejection(register(withKey("both-1", derived("both-1"))),
                "the group's key", kRegisterMs + 5_000);
            assert.match(String(error), /Not authorized/);
            assert.equal((await register(withKey("both-1", keyOf(6)))).status, "assigned");
        });

        test("a disabled enrolment is not assigned", async () => {
            await enroll("disabled-1", keys(7), { provisioningStatus: "disabled" });
            await rejection(register(withKey("disabled-1", keyOf(7))), "the registration",
                kRegisterMs + 5_000);
            const { body } = await rest("GET", "/enrollments/disabled-1");
            assert.equal(body.provisioningStatus, "disabled");
        });

        test("an unknown id scope is refused", async () => {
            const client = ProvisioningDeviceClient.create(`localhost:${dps.port}`, "0ne99999999",
                new provisioningMqtt.Mqtt(), withKey("scope-1", derived("scope-1")));
            await rejection(within(client.register(), "an end", kRegisterMs), "the registration",
                kRegisterMs + 5_000);
        });

        test("many devices register at once", async () => {
            const states = await Promise.all([...Array(20).keys()].map((i) =>
                register(withKey(`many-${i}`, derived(`many-${i}`)))));
            assert.deepEqual(states.map((state) => state.deviceId),
                [...Array(20).keys()].map((i) => `many-${i}`));
        });

        test("a registration can be cancelled", async () => {
            const client = clientFor(withKey("cancelled-1", derived("cancelled-1")));
            const registration = rejection(client.register(), "the registration");
            await within(client.cancel(), "cancel");
            assert.equal((await registration).name, "OperationCancelledError");
        });
    });

    describe("with certificates", () => {
        test("an individual enrolment by its own certificate", async () => {
            const leaf = makeLeaf("x509-1");
            await enroll("x509-1", { type: "x509",
                x509: { clientCertificates: { primary: { certificate: leaf.cert } } } });
            const state = await register(withCertificate("x509-1", leaf));
            assert.equal(state.status, "assigned");
            const client = hub.deviceClient(
                `HostName=${state.assignedHub};DeviceId=${state.deviceId};x509=true`);
            await within(client.setOptions({ cert: leaf.cert, key: leaf.key }), "options");
            await within(client.open(), "the provisioned device");
        });

        test("another certificate of that name is refused", async () => {
            await enroll("x509-2", { type: "x509", x509:
                { clientCertificates: { primary: { certificate: makeLeaf("x509-2").cert } } } });
            const error = await rejection(register(withCertificate("x509-2", makeLeaf("x509-2"))),
                "the registration", kRegisterMs + 5_000);
            assert.match(String(error), /Not authorized/);
        });

        test("a group by its CA", async () => {
            const ca = makeCa("Factory CA");
            const answer = await rest("PUT", "/enrollmentGroups/factory", { body: {
                enrollmentGroupId: "factory", attestation: { type: "x509",
                    x509: { signingCertificates: { primary: { certificate: ca.cert } } } },
            } });
            assert.ok([200, 201].includes(answer.status), JSON.stringify(answer));
            const leaf = makeLeaf("x509-member", ca);
            const state = await register(withCertificate("x509-member", leaf));
            assert.equal(state.deviceId, "x509-member");
            const client = hub.deviceClient(
                `HostName=${state.assignedHub};DeviceId=${state.deviceId};x509=true`);
            await within(client.setOptions({ cert: leaf.cert, key: leaf.key }), "options");
            await within(client.open(), "the provisioned device");
            const stranger = makeLeaf("x509-stranger", makeCa("Another CA"));
            await rejection(register(withCertificate("x509-stranger", stranger)),
                "the registration", kRegisterMs + 5_000);
        });
    });

    describe("enrolments over REST", () => {
        test("an enrolment is made, read, updated by etag and removed", async () => {
            const made = await enroll("crud-1", keys(11));
            assert.equal(made.registrationId, "crud-1");
            assert.ok(made.etag);
            const { body } = await rest("GET", "/enrollments/crud-1");
            assert.equal(body.etag, made.etag);
            const stale = await rest("PUT", "/enrollments/crud-1",
                { body: { ...body, deviceId: "other" }, headers: { "If-Match": '"bm9uZQ=="' } });
            assert.equal(stale.status, 412);
            const updated = await rest("PUT", "/enrollments/crud-1",
                { body: { ...body, deviceId: "other" }, headers: { "If-Match": made.etag } });
            assert.equal(updated.status, 200, JSON.stringify(updated.body));
            assert.equal((await rest("DELETE", "/enrollments/crud-1")).status, 204);
            assert.equal((await rest("GET", "/enrollments/crud-1")).status, 404);
        });

        test("a registration's state can be read and removed", async () => {
            await register(withKey("state-1", derived("state-1")));
            const { status, body } = await rest("GET", "/registrations/state-1");
            assert.equal(status, 200);
            assert.equal(body.status, "assigned");
            assert.equal(body.assignedHub, hub.hostName);
            assert.equal((await rest("DELETE", "/registrations/state-1")).status, 204);
        });

        test("without a valid token nothing is served", async () => {
            const answer = await rest("GET", "/enrollments/crud-1", { key: keyOf(0) });
            assert.equal(answer.status, 401);
        });
    });

    test("devices may register over REST: 202 with Retry-After, then assigned", async () => {
        const registrationId = "rest-1";
        const path = `/${dps.id_scope}/registrations/${registrationId}`;
        const authorization = common.SharedAccessSignature.create(
            encodeURIComponent(path.slice(1)), "registration", derived(registrationId),
            inOneHour()).toString();
        const ask = (method, step, body) =>
            hub.rest(method, `${path}${step}?api-version=2021-06-01`,
            { body, host: service.host, headers: { Authorization: authorization } });
        const first = await ask("PUT", "/register", { registrationId });
        assert.equal(first.status, 202, JSON.stringify(first.body));
        assert.ok(Number(first.headers["retry-after"]) >= 1);
        assert.equal(first.body.status, "assigning");
        await new Promise((resolve) => setTimeout(resolve, 1000 * first.headers["retry-after"]));
        const next = await ask("GET", `/operations/${first.body.operationId}`);
        assert.equal(next.status, 200, JSON.stringify(next.body));
        assert.equal(next.body.registrationState.deviceId, registrationId);
    });
});
