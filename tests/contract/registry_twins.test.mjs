// Twins, queries and configurations through azure-iothub's Registry.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { eventually, rejection, startHub, within } from "./hub.mjs";

const kVersion = "api-version=2021-04-12";
const kModule = "DefenderIotMicroAgent";

describe("twins through the registry", () => {
    let hub;
    let registry;
    before(async () => {
        hub = await startHub();
        registry = hub.registry();
        await Promise.all([...Array(12).keys()].map(async (i) => {
            const deviceId = `q-${String(i).padStart(2, "0")}`;
            await hub.createDevice(deviceId, { status: i === 11 ? "disabled" : "enabled" });
            await registry.addModule({ deviceId, moduleId: kModule });
            await registry.updateTwin(deviceId, {
                tags: { site: i % 2 === 0 ? "even" : "odd", floor: i },
                properties: { desired: { interval: i * 10,
                    ...(i < 3 ? { extra: null, on: true } : {}) } },
            }, "*");
        }));
    });
    after(() => hub?.stop());

    const ask = async (promise) => (await within(promise, "an answer")).responseBody;

    async function refusal(promise) {
        const error = await rejection(promise, "the call");
        assert.ok(error.response, `no HTTP answer: ${error.stack}`);
        return { kind: error.name, status: error.response.statusCode };
    }

    describe("documents", () => {
        test("a fresh twin has the documented form and counters", async () => {
            const { identity } = await hub.createDevice("fresh");
            const { body } = await hub.rest("GET", `/twins/fresh?${kVersion}`);
            assert.equal(body.etag, "AAAAAAAAAAE=");
            assert.equal(body.version, 2);
            assert.equal(body.deviceEtag, identity.etag);
            assert.equal(body.status, "enabled");
            assert.equal(body.connectionState, "Disconnected");
            assert.equal(body.authenticationType, "sas");
            assert.equal(body.cloudToDeviceMessageCount, 0);
            assert.equal("tags" in body, false);
            for (const section of ["desired", "reported"]) {
                assert.equal(body.properties[section].$version, 1);
                assert.ok(body.properties[section].$metadata.$lastUpdated);
            }
            assert.deepEqual(body.capabilities, { iotEdge: false });
        });

        test("a patch raises versions and etag and keeps metadata with versions", async () => {
            await hub.createDevice("patched");
            const twin = await ask(registry.updateTwin("patched",
                { tags: { a: 1 }, properties: { desired: { x: { y: 1 } } } }, "*"));
            assert.equal(twin.etag, "AAAAAAAAAAI=");
            assert.equal(twin.version, 3);
            const { desired } = twin.properties;
            assert.equal(desired.$version, 2);
            assert.equal(desired.$metadata.$lastUpdatedVersion, 2);
            assert.equal(desired.$metadata.x.y.$lastUpdatedVersion, 2);
            assert.match(desired.$metadata.x.$lastUpdated, /^\d{4}-\d\d-\d\dT.*\.\d{7}Z$/);
        });

        test("tags alone do not raise the desired version", async () => {
            await hub.createDevice("tags-only");
            const twin = await ask(registry.updateTwin("tags-only", { tags: { a: 1 } }, "*"));
            assert.equal(twin.properties.desired.$version, 1);
            assert.notEqual(twin.etag, "AAAAAAAAAAE=");
        });

        test("an old etag is 412, the current one is accepted", async () => {
            await hub.createDevice("etags");
            const first = await ask(registry.updateTwin("etags", { tags: { n: 1 } },
                "AAAAAAAAAAE="));
            assert.deepEqual(await refusal(registry.updateTwin("etags", { tags: { n: 2 } },
                "AAAAAAAAAAE=")), { kind: "InvalidEtagError", status: 412 });
            await within(first.update({ tags: { n: 3 } }), "an update of the twin object");
            assert.equal((await ask(registry.getTwin("etags"))).tags.n, 3);
        });

        test("a replacement drops what it does not name", async () => {
            await hub.createDevice("replaced");
            await ask(registry.updateTwin("replaced",
                { tags: { a: 1 }, properties: { desired: { b: 2 } } }, "*"));
            const answer = await hub.rest("PUT", `/twins/replaced?${kVersion}`,
                { body: { properties: { desired: { c: 3 } } }, headers: { "If-Match": '"*"' } });
            assert.equal(answer.status, 200);
            const twin = await ask(registry.getTwin("replaced"));
            assert.deepEqual(twin.tags, {});
            assert.equal("b" in twin.properties.desired, false);
            assert.equal(twin.properties.desired.c, 3);
            assert.equal(twin.properties.desired.$version, 3);
        });

        test("a whole twin as it was read may be sent back", async () => {
            await hub.createDevice("sent-back");
            const { body } = await hub.rest("GET", `/twins/sent-back?${kVersion}`);
            body.properties.desired.now = "changed";
            const answer = await hub.rest("PUT", `/twins/sent-back?${kVersion}`, { body });
            assert.equal(answer.status, 200, JSON.stringify(answer.body));
            assert.equal(answer.body.properties.desired.now, "changed");
        });

        const kBad = {
            "tags above 8 KB": { tags: { a: "x".repeat(4000), b: "y".repeat(4000),
                c: "z".repeat(400) } },
            "desired above 32 KB": { properties: { desired: Object.fromEntries(
                [...Array(9).keys()].map((i) => [`k${i}`, "x".repeat(4000)])) } },
            "a key with a dot": { tags: { "a.b": 1 } },
            "tags that are a text": { tags: "x" },
            "desired that is a list": { properties: { desired: [] } },
        };
        for (const [index, [what, patch]] of Object.entries(kBad).entries()) {
            test(`${what} are refused and nothing changes`, async () => {
                await hub.createDevice(`bad-${index}`);
                const { status } = await refusal(registry.updateTwin(`bad-${index}`, patch, "*"));
                assert.ok([400, 413].includes(status), `status ${status}`);
                assert.equal((await ask(registry.getTwin(`bad-${index}`))).version, 2);
            });
        }
    });

    describe("queries", () => {
        // All pages; the index may trail the writes.
        async function rows(text, pageSize) {
            const query = registry.createQuery(text, pageSize);
            const result = [];
            const sizes = [];
            do {
                // Without a callback, the package does not bring its own token along.
                const { result: page } = await within(query.next(query.continuationToken),
                    `a page of ${text}`);
                result.push(...page);
                sizes.push(page.length);
            } while (query.hasMoreResults);
            return { result, sizes };
        }

        async function ids(where) {
            const { result } = await rows(`SELECT * FROM devices WHERE ${where}`);
            return result.map((twin) => twin.deviceId).sort();
        }

        test("pages follow the continuation to the end", async () => {
            const { result, sizes } = await rows(
                "SELECT * FROM devices WHERE STARTSWITH(deviceId, 'q-')", 5);
            assert.deepEqual(sizes, [5, 5, 2]);
            assert.equal(new Set(result.map((twin) => twin.deviceId)).size, 12);
        });

        test("nextAsTwin gives twins that can be updated", async () => {
            const query = registry.createQuery("SELECT * FROM devices WHERE deviceId = 'q-05'");
            const { result: [twin] } = await within(query.nextAsTwin(), "a page");
            await within(twin.update({ tags: { touched: true } }), "the update");
            assert.equal((await ask(registry.getTwin("q-05"))).tags.touched, true);
        });

        const kConditions = {
            "deviceId = 'q-03'": ["q-03"],
            "tags.site = 'odd' AND tags.floor < 4": ["q-01", "q-03"],
            "tags.floor >= 10 OR tags.floor = 0": ["q-00", "q-10", "q-11"],
            "NOT tags.site = 'odd' AND tags.floor > 8": ["q-10"],
            "deviceId IN ['q-01', 'q-02', 'nobody']": ["q-01", "q-02"],
            "STARTSWITH(deviceId, 'q-') AND deviceId NIN ['q-00', 'q-01']":
                [...Array(10).keys()].map((i) => `q-${String(i + 2).padStart(2, "0")}`),
            "properties.desired.interval > 95": ["q-10", "q-11"],
            "properties.desired.interval != 0 AND properties.desired.interval <= 20":
                ["q-01", "q-02"],
            "status = 'disabled' AND STARTSWITH(deviceId, 'q-')": ["q-11"],
            "is_defined(properties.desired.on)": ["q-00", "q-01", "q-02"],
            "is_bool(properties.desired.on) AND properties.desired.on = true AND tags.floor > 0":
                ["q-01", "q-02"],
            "is_number(tags.floor) AND is_string(tags.site) AND tags.floor = 7": ["q-07"],
            "ENDSWITH(deviceId, '-04') OR CONTAINS(deviceId, '-09')": ["q-04", "q-09"],
        };
        for (const [where, expected] of Object.entries(kConditions)) {
            test(`WHERE ${where}`, async () => {
                assert.deepEqual(await ids(where), expected);
            });
        }

        test("module twins are a source of their own", async () => {
            const { result } = await rows(
                `SELECT * FROM devices.modules WHERE moduleId = '${kModule}'`, 7);
            assert.equal(result.length, 12);
            assert.ok(result.every((twin) => twin.moduleId === kModule));
        });

        test("projections and TOP", async () => {
            const { result } = await rows("SELECT deviceId, tags.floor AS floor FROM devices " +
                "WHERE tags.floor = 6");
            assert.deepEqual(result, [{ deviceId: "q-06", floor: 6 }]);
            const top = await rows("SELECT TOP 3 * FROM devices");
            assert.equal(top.result.length, 3);
        });

        test("aggregates with and without groups", async () => {
            const { result: [sums] } = await rows(
                "SELECT COUNT() AS n, SUM(tags.floor) AS total, MIN(tags.floor) AS low, " +
                "MAX(tags.floor) AS high, AVG(tags.floor) AS mean " +
                "FROM devices WHERE is_defined(tags.floor)");
            assert.deepEqual(sums, { n: 12, total: 66, low: 0, high: 11, mean: 5.5 });
            const { result } = await rows("SELECT tags.site AS site, COUNT() AS n FROM devices " +
                "WHERE is_defined(tags.site) GROUP BY tags.site");
            assert.deepEqual(result.sort((a, b) => a.site.localeCompare(b.site)),
                [{ site: "even", n: 6 }, { site: "odd", n: 6 }]);
        });

        test("the item type tells what comes", async () => {
            const type = async (query) => (await hub.rest("POST", `/devices/query?${kVersion}`,
                { body: { query } })).headers["x-ms-item-type"];
            assert.equal((await type("SELECT * FROM devices")).toLowerCase(), "twin");
            assert.equal((await type("SELECT COUNT() AS n FROM devices")).toLowerCase(), "raw");
        });

        for (const text of [
            "SELECT", "SELECT * FROM planets", "SELECT * FROM devices WHERE", "DELETE FROM devices",
            "SELECT * FROM devices WHERE tags.site = 'open",
            "SELECT * FROM devices WHERE tags.a = tags.b",
            `SELECT * FROM devices WHERE deviceId = '${"x".repeat(8200)}'`,
        ]) {
            test(`${text.slice(0, 60)} is 400`, async () => {
                const error = await rejection(registry.createQuery(text).next(), "the query");
                assert.equal(error.response?.statusCode, 400, String(error));
            });
        }

        test("a continuation of somebody else's making is refused", async () => {
            const answer = await hub.rest("POST", `/devices/query?${kVersion}`,
                { body: { query: "SELECT * FROM devices" },
                    headers: { "x-ms-continuation": "made up" } });
            assert.equal(answer.status, 400);
        });
    });

    describe("configurations", () => {
        const deviceContent = (value) =>
            ({ deviceContent: { "properties.desired.managed": value } });

        test("one for devices is applied to those of its condition", async () => {
            const made = await ask(registry.addConfiguration({
                id: "for-odd", content: deviceContent({ level: 1 }), priority: 10,
                targetCondition: "tags.site='odd'", labels: { owner: "test" },
                metrics: { queries: {
                    odd: "SELECT deviceId FROM devices WHERE tags.site = 'odd'",
                } },
            }));
            assert.equal(made.id, "for-odd");
            assert.ok(made.etag);
            await eventually(async () =>
                (await ask(registry.getTwin("q-01"))).properties.desired.managed?.level === 1,
                "the applied configuration");
            const even = await ask(registry.getTwin("q-02"));
            assert.equal("managed" in even.properties.desired, false);
            const got = await eventually(async () => {
                const configuration = await ask(registry.getConfiguration("for-odd"));
                return configuration.systemMetrics?.results?.appliedCount === 6 && configuration;
            }, "the system metrics");
            assert.equal(got.systemMetrics.results.targetedCount, 6);
            assert.deepEqual(got.metrics.results, { odd: 6 });
            assert.deepEqual(got.labels, { owner: "test" });
            assert.deepEqual(got.content.deviceContent, deviceContent({ level: 1 }).deviceContent);
        });

        test("one for modules reaches the module twins, as agents are rolled out", async () => {
            await within(registry.addConfiguration({
                id: "agents", priority: 5,
                content: {
                    moduleContent: { "properties.desired.Settings": { Frequency: "High" } },
                },
                targetCondition: `FROM devices.modules WHERE moduleId='${kModule}'`,
            }), "the configuration");
            for (const deviceId of ["q-00", "q-11"]) {
                const twin = await eventually(async () => {
                    const one = await ask(registry.getModuleTwin(deviceId, kModule));
                    return one.properties.desired.Settings?.Frequency === "High" && one;
                }, `the configuration at ${deviceId}`);
                assert.equal(twin.properties.desired.$metadata.Settings.$lastUpdatedBy, "agents");
            }
        });

        test("the higher priority wins, and its removal lets the other return", async () => {
            await hub.createDevice("prioritized");
            await ask(registry.updateTwin("prioritized", { tags: { site: "p" } }, "*"));
            const value = async () =>
                (await ask(registry.getTwin("prioritized"))).properties.desired.managed?.level;
            const add = (id, priority, level) => within(registry.addConfiguration({ id, priority,
                content: deviceContent({ level }), targetCondition: "tags.site='p'" }), id);
            await add("low", 1, "low");
            await eventually(async () => (await value()) === "low", "the low one");
            await add("high", 2, "high");
            await eventually(async () => (await value()) === "high", "the high one");
            await within(registry.removeConfiguration("high"), "the removal");
            await eventually(async () => (await value()) === "low", "the low one again");
            await within(registry.removeConfiguration("low"), "the removal");
        });

        test("an update needs the current etag, or force", async () => {
            const made = await ask(registry.addConfiguration({ id: "updated", priority: 1,
                content: deviceContent(1), targetCondition: "tags.site='none'" }));
            const changed = await ask(registry.updateConfiguration({ ...made, priority: 2 }));
            assert.equal(changed.priority, 2);
            assert.deepEqual(await refusal(registry.updateConfiguration({ ...made, priority: 3 })),
                { kind: "InvalidEtagError", status: 412 });
            await within(registry.updateConfiguration({ ...made, priority: 4 }, true), "force");
            assert.equal((await ask(registry.getConfiguration("updated"))).priority, 4);
        });

        test("all are listed", async () => {
            const all = await ask(registry.getConfigurations());
            assert.ok(all.some((one) => one.id === "updated"));
        });

        test("errors: there already, unknown, wrong condition, both contents", async () => {
            const configuration = { id: "same", priority: 1, content: deviceContent(1),
                targetCondition: "tags.site='none'" };
            await within(registry.addConfiguration({ ...configuration }), "the first");
            assert.equal((await refusal(registry.addConfiguration({ ...configuration }))).status,
                409);
            assert.equal((await refusal(registry.getConfiguration("nobody"))).status, 404);
            assert.equal((await refusal(registry.removeConfiguration("nobody"))).status, 404);
            assert.equal((await refusal(registry.addConfiguration({ ...configuration, id: "wrong",
                targetCondition: "this is no condition" }))).status, 400);
            assert.equal((await refusal(registry.addConfiguration({ ...configuration, id: "both",
                content: { ...deviceContent(1), moduleContent: { "properties.desired.a": 1 } },
            }))).status, 400);
        });

        test("testQueries judges conditions", async () => {
            const answer = await hub.rest("POST", `/configurations/testQueries?${kVersion}`,
                { body: { targetCondition: "tags.site='odd'", customMetricQueries: {} } });
            assert.equal(answer.status, 200, JSON.stringify(answer.body));
        });

        test("content can be applied to one device at once", async () => {
            await hub.createDevice("edge");
            const answer = await within(registry.applyConfigurationContentOnDevice("edge",
                { modulesContent: {} }), "the content");
            assert.equal(answer.httpResponse.statusCode, 204);
        });
    });
});
