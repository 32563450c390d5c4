// File uploads: azure-iot-device asks the hub for a place, @azure/storage-blob puts the file there,
// and azure-iothub hears of it as a file notification. All packages as they are.
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { after, before, describe, test } from "node:test";
import https from "node:https";

import common from "azure-iot-common";

import { eventually, rejection, startHub, within } from "./hub.mjs";

const kUploadMs = 60_000;  // Several blocks over TLS, on a busy machine.
const kUploadsMax = 10;    // Of one device at a time.

describe("file uploads", () => {
    let hub;
    let service;
    let receiver;
    const notifications = [];
    before(async () => {
        hub = await startHub();
        service = hub.serviceClient();
        service.setRetryPolicy(new common.NoRetry());
        await within(service.open(), "an open service client");
        receiver = (await within(service.getFileNotificationReceiver(), "a receiver")).result;
        receiver.on("message", (message) => notifications.push(message));
    });
    after(() => hub?.stop());

    async function device(deviceId) {
        const { connectionString } = await hub.createDevice(deviceId);
        return hub.deviceClient(connectionString);
    }

    // Completed: none comes again.
    async function notificationOf(deviceId) {
        const find = (message) => JSON.parse(message.data).deviceId === deviceId;
        const message = await eventually(() => notifications.find(find),
            `a file notification of ${deviceId}`);
        await within(receiver.complete(message), "the notification's end");
        return JSON.parse(message.data);
    }

    // Of what getBlobSharedAccessSignature() told: {status, headers, body}.
    function put(place, body, { token = place.sasToken, blob = place.blobName } = {}) {
        return within(new Promise((resolve, reject) => {
            const request = https.request(
                `https://${place.hostName}/${place.containerName}/${blob}${token}`,
                { method: "PUT", agent: false, headers: { "x-ms-blob-type": "BlockBlob",
                    "Content-Length": Buffer.byteLength(body) } },
                (response) => {
                    let text = "";
                    response.setEncoding("utf8").on("data", (part) => { text += part; });
                    response.on("end", () => resolve({ status: response.statusCode,
                        headers: response.headers, body: text }));
                });
            request.on("error", reject);
            request.end(body);
        }), "an answer of the storage");
    }

    function upload(client, name, bytes) {
        const content = Buffer.alloc(bytes, "x");
        return within(client.uploadToBlob(name, Readable.from(
            Array.from({ length: Math.ceil(bytes / 65_536) },
                (_, i) => content.subarray(i * 65_536, (i + 1) * 65_536))), bytes),
        `${name} to be uploaded`, kUploadMs);
    }

    test("uploadToBlob puts a small file, and services are told", async () => {
        const client = await device("small");
        const begun = Date.now();
        await upload(client, "logs/today.log", 1000);
        const told = await notificationOf("small");
        assert.equal(told.blobName, "small/logs/today.log");
        assert.equal(told.blobSizeInBytes, 1000);
        assert.match(told.blobUri, /^https:\/\/[^/]+\/[^/]+\/small\/logs\/today\.log$/);
        for (const time of [told.lastUpdatedTime, told.enqueuedTimeUtc]) {
            assert.ok(Math.abs(Date.parse(time) - begun) < kUploadMs, time);
        }
        assert.deepEqual(Object.keys(told).sort(), ["blobName", "blobSizeInBytes", "blobUri",
            "deviceId", "enqueuedTimeUtc", "lastUpdatedTime"]);
    });

    test("uploadToBlob puts a large file in blocks, under a name to be encoded", async () => {
        const client = await device("large");
        const bytes = 9 * 1024 * 1024 + 17;
        await upload(client, "two words + more.bin", bytes);
        const told = await notificationOf("large");
        assert.equal(told.blobName, "large/two words + more.bin");
        assert.equal(told.blobSizeInBytes, bytes);
    });

    test("a device may do the steps by itself", async () => {
        const client = await device("steps");
        const place = await within(client.getBlobSharedAccessSignature("x.bin"), "a place");
        assert.deepEqual(Object.keys(place).sort(),
            ["blobName", "containerName", "correlationId", "hostName", "sasToken"]);
        assert.equal(place.blobName, "steps/x.bin");
        const written = await put(place, "hello");
        assert.equal(written.status, 201);
        assert.ok(written.headers.etag && written.headers["last-modified"]);
        await within(client.notifyBlobUploadStatus(place.correlationId, true, 201, "done"),
            "the hub to be told");
        assert.equal((await notificationOf("steps")).blobSizeInBytes, 5);
    });

    test("a failure ends the upload, and no service hears of it", async () => {
        const client = await device("failed");
        const place = await within(client.getBlobSharedAccessSignature("x"), "a place");
        await within(client.notifyBlobUploadStatus(place.correlationId, false, 500, "no"),
            "the hub to be told");
        assert.equal((await put(place, "late")).status, 403);
        await upload(client, "after", 1);  // What follows is told; the failure was not.
        assert.equal((await notificationOf("failed")).blobName, "failed/after");
    });

    test("an eleventh upload is refused until one ends", async () => {
        const client = await device("many");
        const places = await Promise.all([...Array(kUploadsMax).keys()].map((i) =>
            within(client.getBlobSharedAccessSignature(`${i}`), "a place")));
        const error = await rejection(client.getBlobSharedAccessSignature("11"), "an eleventh");
        assert.equal(error.response?.statusCode ?? error.statusCode, 403);
        assert.match(error.responseBody, /403006/);
        const failed = await rejection(upload(client, "12", 1), "a twelfth", kUploadMs);
        assert.equal(failed.name, "BlobSasError");
        await within(client.notifyBlobUploadStatus(places[3].correlationId, false, 0, "gave up"),
            "the hub to be told");
        await within(client.getBlobSharedAccessSignature("11"), "the eleventh");
    });

    test("a correlation id that is unknown, or another device's, is refused", async () => {
        const [mine, other] = [await device("mine"), await device("other")];
        const place = await within(mine.getBlobSharedAccessSignature("x"), "a place");
        for (const [client, id] of [[mine, "unknown"], [other, place.correlationId]]) {
            const error = await rejection(client.notifyBlobUploadStatus(id, true, 200, "ok"), id);
            assert.match(String(error), /Bad Request/, id);
        }
        await put(place, "x");
        await within(mine.notifyBlobUploadStatus(place.correlationId, true, 200, "ok"), "success");
        await notificationOf("mine");
    });

    test("a success without a file is refused", async () => {
        const client = await device("empty-handed");
        const place = await within(client.getBlobSharedAccessSignature("x"), "a place");
        const error = await rejection(
            client.notifyBlobUploadStatus(place.correlationId, true, 200, "ok"), "a success");
        assert.match(String(error), /Bad Request/);
    });

    test("another device's token opens nothing", async () => {
        await device("target");
        const { key } = await hub.createDevice("thief");
        const headers = { Authorization: hub.token("devices/thief", key) };
        const begun = await hub.rest("POST", "/devices/target/files?api-version=2021-04-12",
            { body: { blobName: "x" }, headers });
        assert.equal(begun.status, 401);
        const ended = await hub.rest("POST",
            "/devices/target/files/notifications?api-version=2021-04-12",
            { body: { correlationId: "x", isSuccess: true }, headers });
        assert.equal(ended.status, 401);
    });

    test("a token of one blob opens no other, and a changed one nothing", async () => {
        const client = await device("bound");
        const place = await within(client.getBlobSharedAccessSignature("x"), "a place");
        const tries = [{ blob: "bound/y" }, { token: "" }, { token: `${place.sasToken}0` },
            { token: place.sasToken.replace(/se=20\d\d/, "se=2099") }];
        for (const change of tries) {
            const answer = await put(place, "x", change);
            assert.equal(answer.status, 403);
            assert.equal(answer.headers["x-ms-error-code"], "AuthenticationFailed");
            assert.match(answer.body, /<Error><Code>AuthenticationFailed<\/Code>/);
        }
        assert.equal((await put(place, "x")).status, 201);
    });

    test("uploadToBlob says so when the storage turns it away", async () => {
        const client = await device("turned-away");
        // The token is spoilt on its way from the hub to the package's uploader.
        const api = client._blobUploadClient._fileUploadApi;
        const ask = api.getBlobSharedAccessSignature.bind(api);
        api.getBlobSharedAccessSignature = (name, done) => ask(name, (error, place) =>
            done(error, place && { ...place, sasToken: `${place.sasToken}0` }));
        const error = await rejection(upload(client, "x", 10), "an upload", kUploadMs);
        assert.equal(error.name, "BlobUploadNotificationError");
    });
});
