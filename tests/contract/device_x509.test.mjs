// Devices with certificates: self-signed ones by thumbprint, others by a CA that the hub trusts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import common from "azure-iot-common";
import deviceMqtt from "azure-iot-device-mqtt";

import { makeCa, makeLeaf } from "./certificates.mjs";
import { nextEvent, rejection, startHub, within } from "./hub.mjs";

const { Message } = common;

describe("devices with certificates", () => {
    let hub;
    before(async () => { hub = await startHub(); });
    after(() => hub?.stop());

    // The CA that the hub makes for itself signs devices, too: nothing else is uploaded here.
    const hubCa = () => ({
        cert: readFileSync(join(hub.folder, "ca.pem"), "utf8"),
        key: readFileSync(join(hub.folder, "ca-key.pem"), "utf8"),
    });

    async function clientFor(deviceId, { cert, key }, transport) {
        const client = hub.deviceClient(
            `HostName=${hub.hostName};DeviceId=${deviceId};x509=true`, transport);
        client.setRetryPolicy(new common.NoRetry());
        await within(client.setOptions({ cert, key }), "options");
        return client;
    }

    async function works(client) {
        await within(client.open(), "an open client");
        await within(client.sendEvent(new Message("signed")), "an acknowledgement");
        const twin = await within(client.getTwin(), "the twin");
        assert.equal(typeof twin.properties.desired.$version, "number");
    }

    async function refused(client) {
        const error = await rejection(client.open(), "open");
        assert.equal(error.name, "UnauthorizedError", String(error));
    }

    function createSelfSigned(deviceId, primaryThumbprint, secondaryThumbprint = null) {
        return within(hub.registry().create({ deviceId, authentication:
            { type: "selfSigned", x509Thumbprint: { primaryThumbprint, secondaryThumbprint } } }),
            "the identity");
    }

    test("primary and secondary thumbprints open, SHA-1 and SHA-256, in any case", async () => {
        const [first, second] = [makeLeaf("any name"), makeLeaf("other name")];
        await createSelfSigned("by-thumbprint", first.thumbprint,
            second.thumbprint256.toLowerCase());
        await works(await clientFor("by-thumbprint", first));
        await works(await clientFor("by-thumbprint", second));
    });

    test("another certificate is refused, and the SAS way is closed", async () => {
        const leaf = makeLeaf("self-1");
        await createSelfSigned("self-1", leaf.thumbprint);
        await refused(await clientFor("self-1", makeLeaf("self-1")));
        const sas = hub.plainMqtt("self-1", Buffer.alloc(32).toString("base64"));
        assert.equal((await nextEvent(sas, "error")).code, 5);
        sas.end(true);
        await works(await clientFor("self-1", leaf));
    });

    test("a certificate is no key to a SAS device", async () => {
        await hub.createDevice("sas-device");
        await refused(await clientFor("sas-device", makeLeaf("sas-device")));
        await refused(await clientFor("sas-device", makeLeaf("sas-device", hubCa())));
    });

    test("the registry shows thumbprints and the twin its kind", async () => {
        const leaf = makeLeaf("shown");
        const { responseBody } = await createSelfSigned("shown", leaf.thumbprint);
        assert.equal(responseBody.authentication.type, "selfSigned");
        assert.equal(responseBody.authentication.x509Thumbprint.primaryThumbprint, leaf.thumbprint);
        const twin = (await hub.registry().getTwin("shown")).responseBody;
        assert.equal(twin.authenticationType, "selfSigned");
        assert.equal(twin.x509Thumbprint.primaryThumbprint, leaf.thumbprint);
    });

    test("a certificate also opens over WebSockets", async () => {
        const leaf = makeLeaf("ws-x509");
        await createSelfSigned("ws-x509", leaf.thumbprint);
        await works(await clientFor("ws-x509", leaf, deviceMqtt.MqttWs));
    });

    test("an updated thumbprint replaces the old one", async () => {
        const [old, renewed] = [makeLeaf("rolls"), makeLeaf("rolls")];
        await createSelfSigned("rolls", old.thumbprint);
        await works(await clientFor("rolls", old));
        await hub.registry().update({ deviceId: "rolls", authentication: { type: "selfSigned",
            x509Thumbprint: { primaryThumbprint: renewed.thumbprint,
                secondaryThumbprint: null } } });
        await refused(await clientFor("rolls", old));
        await works(await clientFor("rolls", renewed));
    });

    describe("signed by a CA", () => {
        before(async () => {
            for (const deviceId of ["ca-1", "ca-2"]) {
                await within(hub.registry().create({ deviceId, authentication:
                    { type: "certificateAuthority" } }), "the identity");
            }
        });

        test("the common name that is the device id opens", async () => {
            await works(await clientFor("ca-1", makeLeaf("ca-1", hubCa())));
            const twin = (await hub.registry().getTwin("ca-1")).responseBody;
            assert.equal(twin.authenticationType, "certificateAuthority");
        });

        test("a chain with an intermediate opens", async () => {
            const intermediate = makeLeaf("Factory", hubCa(), true);
            const leaf = makeLeaf("ca-1", intermediate);
            await works(await clientFor("ca-1",
                { cert: `${leaf.cert}${intermediate.cert}`, key: leaf.key }));
        });

        test("the name of another device is refused", async () => {
            await refused(await clientFor("ca-2", makeLeaf("ca-1", hubCa())));
        });

        test("an unknown CA is refused", async () => {
            await refused(await clientFor("ca-1", makeLeaf("ca-1", makeCa("Stranger"))));
        });

        test("a self-signed certificate of that name is refused", async () => {
            await refused(await clientFor("ca-1", makeLeaf("ca-1")));
        });
    });
});
