// azure-iothub's JobClient: twin updates and methods on many devices, and what became of each.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import common from "azure-iot-common";

import { eventually, rejection, startHub, within } from "./hub.mjs";

const kDevices = ["job-1", "job-2", "job-3"];
const kJobMs = 40_000;

describe("jobs", () => {
    let hub;
    let jobs;
    let registry;
    before(async () => {
        hub = await startHub();
        jobs = hub.jobClient();
        registry = hub.registry();
        for (const deviceId of kDevices) {
            const { connectionString } = await hub.createDevice(deviceId);
            if (deviceId === "job-3") {
                continue;  // Stays offline.
            }
            const client = hub.deviceClient(connectionString);
            client.setRetryPolicy(new common.NoRetry());
            await within(client.open(), "an open client");
            client.onDeviceMethod("reboot", (request, response) =>
                response.send(201, { by: deviceId, got: request.payload }));
        }
    });
    after(() => hub?.stop());

    const kAll = "deviceId IN ['job-1', 'job-2', 'job-3']";
    const ask = async (promise) => (await within(promise, "an answer")).jobStatus;

    function ended(jobId) {
        return eventually(async () => {
            const job = await ask(jobs.getJob(jobId));
            return ["completed", "failed", "cancelled"].includes(job.status) && job;
        }, `the end of ${jobId}`, kJobMs);
    }

    const soon = () => new Date(Date.now() + 200);
    const later = () => new Date(Date.now() + 3_600_000);

    async function deviceJobs(jobId) {
        const query = registry.createQuery(
            `SELECT * FROM devices.jobs WHERE devices.jobs.jobId = '${jobId}'`);
        const rows = [];
        do {
            rows.push(...(await within(query.next(query.continuationToken), "a page")).result);
        } while (query.hasMoreResults);
        return rows.sort((a, b) => a.deviceId.localeCompare(b.deviceId));
    }

    test("a twin update reaches every device of the condition", async () => {
        const scheduled = await ask(jobs.scheduleTwinUpdate("twins-1", kAll,
            { etag: "*", properties: { desired: { interval: 30 } }, tags: { by: "job" } }, soon(),
                60));
        assert.equal(scheduled.jobId, "twins-1");
        assert.equal(scheduled.type, "scheduleUpdateTwin");
        assert.ok(scheduled.status);
        const job = await ended("twins-1");
        assert.equal(job.status, "completed");
        assert.equal(job.deviceJobStatistics.deviceCount, 3);
        assert.equal(job.deviceJobStatistics.succeededCount, 3);
        assert.equal(job.deviceJobStatistics.failedCount, 0);
        for (const deviceId of kDevices) {
            const { responseBody } = await registry.getTwin(deviceId);
            assert.equal(responseBody.properties.desired.interval, 30);
            assert.equal(responseBody.tags.by, "job");
        }
        const rows = await deviceJobs("twins-1");
        assert.deepEqual(rows.map((row) => [row.deviceId, row.status]),
            kDevices.map((deviceId) => [deviceId, "completed"]));
    });

    test("a method job keeps each device's answer, and the offline one's error", async () => {
        await ask(jobs.scheduleDeviceMethod("method-1", kAll,
            { methodName: "reboot", payload: { delay: 1 }, responseTimeoutInSeconds: 10 }, soon(),
                60));
        const job = await ended("method-1");
        assert.equal(job.deviceJobStatistics.succeededCount, 2);
        assert.equal(job.deviceJobStatistics.failedCount, 1);
        const rows = await deviceJobs("method-1");
        assert.deepEqual(rows.map((row) => row.status), ["completed", "completed", "failed"]);
        assert.deepEqual(rows[0].outcome.deviceMethodResponse,
            { status: 201, payload: { by: "job-1", got: { delay: 1 } } });
        assert.ok(rows[2].error);
        assert.equal(rows[0].jobType, "scheduleDeviceMethod");
    });

    test("a job of the future waits, and can be cancelled", async () => {
        const scheduled = await ask(jobs.scheduleTwinUpdate("future", kAll,
            { etag: "*", tags: { never: true } }, later(), 60));
        assert.ok(["scheduled", "enqueued", "queued"].includes(scheduled.status), scheduled.status);
        await ask(jobs.cancelJob("future"));
        assert.equal((await ended("future")).status, "cancelled");
        assert.equal((await registry.getTwin("job-1")).responseBody.tags.never, undefined);
    });

    test("jobs are listed by type and status", async () => {
        await ask(jobs.scheduleTwinUpdate("listed", "deviceId = 'job-1'",
            { etag: "*", tags: { listed: 1 } }, soon(), 60));
        await ended("listed");
        const all = async (...words) => {
            const query = jobs.createQuery(...words);
            const rows = [];
            do {
                rows.push(...(await within(query.next(query.continuationToken), "a page")).result);
            } while (query.hasMoreResults);
            return rows.map((row) => row.jobId);
        };
        assert.ok((await all()).includes("listed"));
        assert.ok((await all("scheduleUpdateTwin", "completed", 1)).includes("listed"));
        assert.equal((await all("scheduleDeviceMethod")).includes("listed"), false);
        assert.equal((await all("scheduleUpdateTwin", "cancelled")).includes("listed"), false);
    });

    test("an id that is taken is 409 JobAlreadyExists", async () => {
        const schedule = () => jobs.scheduleTwinUpdate("taken", "deviceId = 'job-1'",
            { etag: "*", tags: { a: 1 } }, later(), 60);
        await ask(schedule());
        const error = await rejection(schedule(), "the second job");
        assert.equal(error.response.statusCode, 409);
        assert.equal(error.response.headers["iothub-errorcode"], "JobAlreadyExists");
        await ask(jobs.cancelJob("taken"));
    });

    test("an unknown job is 404, to read and to cancel", async () => {
        for (const call of [() => jobs.getJob("nobody"), () => jobs.cancelJob("nobody")]) {
            const error = await rejection(call(), "the call");
            assert.equal(error.response.statusCode, 404);
            assert.equal(error.response.headers["iothub-errorcode"], "JobNotFound");
        }
    });

    test("a condition that is none is 400", async () => {
        const error = await rejection(jobs.scheduleTwinUpdate("wrong", "this is nothing",
            { etag: "*", tags: {} }, soon(), 60), "the job");
        assert.equal(error.response.statusCode, 400);
    });

    test("a job without devices completes", async () => {
        await ask(jobs.scheduleTwinUpdate("empty", "deviceId = 'nobody'",
            { etag: "*", tags: { a: 1 } }, soon(), 60));
        const job = await ended("empty");
        assert.equal(job.deviceJobStatistics?.deviceCount ?? 0, 0);
    });
});
