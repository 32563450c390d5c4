// The hub under test as a process of its own, and Azure's clients pointed at it.
//
// Use:    const hub = await startHub(); after(() => hub.stop());
//         const { connectionString } = await hub.createDevice("d1");
//         const client = hub.deviceClient(connectionString);
// Ports:  Azure's packages connect to 8883, 443 and 5671 of the hub's name, most of them without
//         a choice. A hosts file and a port mapping would take them to the hub's own ports;
//         `routes` below does the same inside this process, where TLS is dialed. The packages, the
//         names they check and the bytes they send stay as they are. What has no route and is not
//         loopback is refused: no test leaves this machine.
// Limits: every wait is bounded by a named time; a failure says what was awaited in vain.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import https from "node:https";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";

const require = createRequire(import.meta.url);

export const kStartMs = 30_000;
export const kAnswerMs = 20_000;  // One exchange with the hub, on a busy machine.
const kStopMs = 10_000;
const kPollMs = 50;

const kLoopback = /^(localhost|127\.[\d.]+|::1)$/;
const kNowhere = { host: "127.0.0.1", port: 1 };  // Nobody listens there: refused at once.

const routes = new Map();  // "name:port" -> {host, port, servername}
const dial = tls.connect;
tls.connect = function connect(...words) {
    // rhea says (port, host, options, ...).
    const [options, ...rest] = typeof words[0] === "number" || typeof words[0] === "string"
        ? [{ ...words[2], port: Number(words[0]), host: words[1] }, ...words.slice(3)]
        : words;
    const name = options?.host ?? options?.hostname;
    const route = routes.get(`${name}:${options?.port}`) ??
        (kLoopback.test(name) ? undefined : kNowhere);
    if (!route) {
        return dial.apply(this, words);
    }
    const servername = route.servername ?? (options.servername || name);
    return dial.call(this, { ...options, ...route, servername }, ...rest);
};

// Takes connections to name:port somewhere else, until the process ends. servername: for a name
// that the target's certificate does not cover.
export function route(name, port, target, servername) {
    if (target) {
        const { host, port: targetPort } = target;
        routes.set(`${name}:${port}`,
            { host, port: targetPort, ...(servername && { servername }) });
    }
}

export function sleep(ms) {
    return new Promise((resolve) => setTimeout(resolve, ms));
}

// The promise's value, or an error that names what did not come in time.
export async function within(promise, what, ms = kAnswerMs) {
    let timer;
    const limit = new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`${ms} ms passed without ${what}`)), ms);
    });
    try {
        return await Promise.race([promise, limit]);
    } finally {
        clearTimeout(timer);
    }
}

// The first truthy value of look(), asked again and again.
export async function eventually(look, what, ms = kAnswerMs) {
    const end = Date.now() + ms;
    for (;;) {
        const value = await look();
        if (value) {
            return value;
        }
        if (Date.now() > end) {
            throw new Error(`${ms} ms passed without ${what}`);
        }
        await sleep(kPollMs);
    }
}

// The first argument of the emitter's next event of this name.
export function nextEvent(emitter, name, ms = kAnswerMs) {
    return within(new Promise((resolve) => emitter.once(name, resolve)), `event ${name}`, ms);
}

// The error of a promise that must be rejected.
export async function rejection(promise, what, ms = kAnswerMs) {
    const outcome = await within(promise.then((value) => ({ value }), (error) => ({ error })),
        `an end of ${what}`, ms);
    if (!("error" in outcome)) {
        throw new Error(`${what} was accepted: ${JSON.stringify(outcome.value)?.slice(0, 500)}`);
    }
    return outcome.error;
}

// All ports of today's program as "any free one"; a port it does not know would be a mistake.
function anyPorts() {
    const help = execFileSync(process.env.TWINSTORM, ["hub", "--help"], { encoding: "utf8" });
    return [...new Set(help.match(/--[a-z]+-port\b/g))].flatMap((word) => [word, "0"]);
}

// The same ports again, for a hub that starts once more.
function samePorts(ready) {
    const known = anyPorts();
    return ["mqtts", "https", "amqps"]
        .filter((name) => known.includes(`--${name}-port`) && ready[name])
        .flatMap((name) => [`--${name}-port`, String(ready[name].port)]);
}

const living = new Set();
process.on("exit", () => living.forEach((child) => child.kill("SIGKILL")));

async function launch(words, readyFile) {
    rmSync(readyFile, { force: true });
    // --exit-with-parent: even a test file that is killed leaves no hub behind.
    const child = spawn(process.env.TWINSTORM,
        ["hub", "--exit-with-parent", "--ready-file", readyFile, ...words],
        { stdio: ["ignore", "ignore", "pipe"] });
    living.add(child);
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => { said += text; });
    const ended = new Promise((resolve) => child.on("exit", (code, signal) => {
        living.delete(child);
        resolve({ code, signal });
    }));
    const ready = await eventually(() => {
        if (child.exitCode !== null) {
            throw new Error(`the hub ended with ${child.exitCode} before it was ready: ${said}`);
        }
        try {
            return JSON.parse(readFileSync(readyFile, "utf8"));
        } catch {
            return undefined;
        }
    }, "the hub's ready file", kStartMs);
    return { child, ended, ready, said: () => said };
}

async function end(process, signal = "SIGTERM") {
    process.child.kill(signal);
    const { code } = await within(process.ended, `the hub's end after ${signal}`, kStopMs);
    if (signal === "SIGTERM" && code !== 0) {
        throw new Error(`the hub ended with ${code} after SIGTERM: ${process.said()}`);
    }
}

// For run.mjs: lets the program make its CA in this folder.
export async function makeCa(folder) {
    await end(await launch([...anyPorts(), "--state-dir", folder], join(folder, "ready.json")));
}

export function inOneHour() {
    return Math.floor(Date.now() / 1000) + 3600;
}

function setHttpsKeepAlive(client) {
    // Each call of azure-iothub dials anew otherwise; nothing in it closes an agent.
    client._restApiClient?.setOptions?.({ http: { agent: https.globalAgent } });
    return client;
}

class Hub {
    constructor(process, folder, words) {
        this.process = process;
        this.folder = folder;
        this.words = words;
        this.clients = [];
        this.#useReady();
    }

    #useReady() {
        this.ready = this.process.ready;
        this.hostName = this.ready.hostname;
        this.connectionString = this.ready.connection_string;
        route(this.hostName, 8883, this.ready.mqtts);
        route(this.hostName, 443, this.ready.https);
        route(this.hostName, 5671, this.ready.amqps);
    }

    // Ends the hub (SIGKILL: without a farewell) and starts it on the same ports and state.
    async restart(signal = "SIGTERM") {
        const ports = samePorts(this.ready);
        await end(this.process, signal);
        this.process = await launch([...this.words, ...ports], join(this.folder, "ready.json"));
        this.#useReady();
    }

    async stop() {
        await Promise.allSettled(
            this.clients.map((client) => within(client.close(), "close", kStopMs)));
        try {
            await end(this.process);
        } finally {
            rmSync(this.folder, { recursive: true, force: true });
        }
    }

    said() { return this.process.said(); }

    registry(connectionString = this.connectionString) {
        const { Registry } = require("azure-iothub");
        return setHttpsKeepAlive(Registry.fromConnectionString(connectionString));
    }

    serviceClient(transport, connectionString = this.connectionString) {
        const { Client } = require("azure-iothub");
        const client = setHttpsKeepAlive(Client.fromConnectionString(connectionString, transport));
        this.clients.push(client);
        return client;
    }

    jobClient() {
        const { JobClient } = require("azure-iothub");
        return setHttpsKeepAlive(JobClient.fromConnectionString(this.connectionString));
    }

    // A device with keys of the hub's making; `more` goes into the description.
    async createDevice(deviceId, more = {}) {
        const { responseBody } = await within(this.registry().create({ deviceId, ...more }),
            `device ${deviceId} to be created`);
        const key = responseBody.authentication?.symmetricKey?.primaryKey;
        return { identity: responseBody, key, connectionString:
            `HostName=${this.hostName};DeviceId=${deviceId};SharedAccessKey=${key}` };
    }

    async createModule(deviceId, moduleId) {
        const registry = this.registry();
        await within(registry.addModule({ deviceId, moduleId }), "the module to be created");
        const { responseBody } = await within(registry.getModule(deviceId, moduleId), "the module");
        const key = responseBody.authentication.symmetricKey.primaryKey;
        return { identity: responseBody, key, connectionString:
            `HostName=${this.hostName};DeviceId=${deviceId};ModuleId=${moduleId};` +
            `SharedAccessKey=${key}` };
    }

    deviceClient(connectionString, transport = require("azure-iot-device-mqtt").Mqtt) {
        const client = require("azure-iot-device").Client
            .fromConnectionString(connectionString, transport);
        this.clients.push(client);
        return client;
    }

    moduleClient(connectionString, transport = require("azure-iot-device-mqtt").Mqtt) {
        const client = require("azure-iot-device").ModuleClient
            .fromConnectionString(connectionString, transport);
        this.clients.push(client);
        return client;
    }

    // A token as Azure's own package signs it.
    token(resource, key, { policy = null, expiry = inOneHour() } = {}) {
        const { SharedAccessSignature } = require("azure-iot-common");
        const uri = encodeURIComponent(`${this.hostName}/${resource}`);
        return SharedAccessSignature.create(uri, policy, key, expiry).toString();
    }

    // MQTT as it is, for what Azure's client never does: options go to mqtt.js over its defaults.
    plainMqtt(deviceId, key, options = {}) {
        const { expiry, ...more } = options;
        return require("mqtt").connect(`mqtts://${this.hostName}`, {
            clientId: deviceId,
            username: `${this.hostName}/${deviceId}/?api-version=2021-04-12`,
            password: this.token(`devices/${deviceId}`, key, { expiry }),
            protocolVersion: 4, reconnectPeriod: 0, clean: true, ...more,
        });
    }

    // One request of the service API as raw HTTP: {status, headers, body}, body parsed when JSON.
    rest(method, path, { body, headers = {}, key, policy, host = this.hostName } = {}) {
        const text = typeof body === "string" ? body : JSON.stringify(body) ?? "";
        const { SharedAccessSignature, ConnectionString } = require("azure-iot-common");
        const owner = ConnectionString.parse(this.connectionString);
        const authorization = SharedAccessSignature.create(host,
            policy ?? owner.SharedAccessKeyName, key ?? owner.SharedAccessKey, inOneHour())
            .toString();
        return within(new Promise((resolve, reject) => {
            const request = https.request({ host, port: 443, method, path, headers: {
                Authorization: authorization, "Content-Type": "application/json; charset=utf-8",
                "Content-Length": Buffer.byteLength(text), ...headers,
            } }, (response) => {
                let answer = "";
                response.setEncoding("utf8").on("data", (part) => { answer += part; });
                response.on("end", () => {
                    const json = /json/.test(response.headers["content-type"] ?? "");
                    resolve({ status: response.statusCode, headers: response.headers,
                        body: json && answer ? JSON.parse(answer) : answer });
                });
            });
            request.on("error", reject);
            request.end(text);
        }), `an answer to ${method} ${path}`);
    }

    // Our own window into the hub: how many connections, what was refused and why.
    async status() {
        const { body } = await this.rest("GET", "/admin/status",
            { headers: { Authorization: `Bearer ${this.ready.admin.token}` } });
        return body;
    }
}

// A hub with a state of its own under the CA that this process trusts.
export async function startHub(words = []) {
    const ca = process.env.TWINSTORM_CA_FOLDER;
    if (!ca || !process.env.NODE_EXTRA_CA_CERTS) {
        throw new Error("start the tests with run.mjs: the hub's CA must be known to node");
    }
    const folder = mkdtempSync(join(tmpdir(), "twinstorm-contract-"));
    for (const file of ["ca.pem", "ca-key.pem"]) {
        cpSync(join(ca, file), join(folder, file));
    }
    const kept = ["--state-dir", folder, "--tier", "S3", "--no-throttle", ...words];
    const started = await launch([...kept, ...anyPorts()], join(folder, "ready.json"));
    return new Hub(started, folder, kept);
}
