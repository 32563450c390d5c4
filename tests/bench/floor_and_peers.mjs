// The raw limit of this machine, Twinstorm's generator and hub, and the peers that are installed, in
// one session: CPU per message, connects, memory per connection, as ratios to the raw limit.
//
//   npm install --prefix tests/bench                      mqtt.js and aedes; others as Debian has them
//   node tests/bench/floor_and_peers.mjs BUILD            a release build of the target bench_loads
//
// BUILD is configured with TWINSTORM_BENCHMARKS=ON. Writes NAME.md and NAME.json into reports/out.
//   --short      few messages, no peers, and an exit code: 1 when a ratio is over its generous limit
//   --pinned     generator on core 0, server on core 1
//   --name NAME  of the two files; default `floor_and_peers`
// Absolute figures are this machine's and this hour's; CPU time as a ratio is what counts.
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

const {values: options, positionals} = parseArgs({allowPositionals: true, options: {
    short: {type: 'boolean'}, pinned: {type: 'boolean'},
    name: {type: 'string', default: 'floor_and_peers'}}});
const here = path.dirname(fileURLToPath(import.meta.url));
const build = path.resolve(positionals[0] ?? 'build/bench');
const out = path.resolve(here, '../../reports/out');
const bench = (name) => path.join(build, 'tests/bench', name);
const twinstorm = path.join(build, 'twinstorm');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'twinstorm-bench-'));
const rounds = options.short ? 2 : 3;
const started = [];

// What CI holds against. Wider than what is reached: a shared machine shifts ratios, too.
const limits = {
    'generator plain W=1': 2.5, 'generator plain W=16': 8, 'generator TLS W=1': 2.5,
    'generator TLS W=16': 6, 'hub plain W=1': 4, 'hub plain W=16': 25, 'hub TLS W=1': 3.5,
    'hub TLS W=16': 15,
};

const pin = (core, command) => options.pinned ? ['taskset', '-c', String(core), ...command] : command;
const installed = (program) => {
    try {
        execFileSync('sh', ['-c', `command -v ${program}`]);
        return true;
    } catch {
        return false;
    }
};

function begin(command) {
    const [program, ...words] = pin(1, command);
    const child = spawn(program, words, {stdio: ['ignore', 'pipe', 'ignore']});
    started.push(child);
    return child;
}

// A server that prints its port once it listens.
const beginPrinting = (command) => new Promise((resolve, reject) => {
    const child = begin(command);
    child.stdout.once('data', (text) => resolve({pid: child.pid, port: Number(String(text))}));
    child.once('exit', () => reject(new Error(`${command.join(' ')} ended`)));
});

async function until(condition, what) {
    for (let i = 0; i < 400; ++i) {
        if (await condition()) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`in vain waited for ${what}`);
}

// What a load program prints, as an object. The least CPU time of the rounds counts: what the code
// costs, without what the machine added.
function load(command) {
    const [program, ...words] = pin(0, command);
    const text = execFileSync(program, words, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']});
    return Object.fromEntries(text.trim().split('\n').map((line) => line.split(' '))
        .map(([name, value]) => [name, Number(value)]));
}
function best(command) {
    const all = Array.from({length: rounds}, () => load(command));
    return Object.fromEntries(Object.keys(all[0]).map((name) => {
        const values = all.map((one) => one[name]);
        return [name, name.endsWith('_per_s') ? Math.max(...values) : Math.min(...values)];
    }));
}

const certificate = path.join(scratch, 'cert.pem');
const key = path.join(scratch, 'key.pem');
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
    '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', certificate],
    {stdio: 'ignore'});

async function rawServers() {
    return {plain: await beginPrinting([bench('raw_server')]),
            TLS: await beginPrinting([bench('raw_server'), certificate, key])};
}

async function hub(devices = connectionsMany) {
    const folder = fs.mkdtempSync(path.join(scratch, 'hub-'));
    const ready = path.join(folder, 'ready.json');
    const child = begin([twinstorm, 'hub', '--mqtts-port', '0', '--https-port', '0', '--amqps-port', '0',
        '--mqtt-port', '0', '--tier', 'S3', '--units', '10', '--no-throttle', '--workers', '1',
        '--state-dir', folder, '--ready-file', ready]);
    await until(() => fs.existsSync(ready) && fs.statSync(ready).size > 0, 'the hub');
    const told = JSON.parse(fs.readFileSync(ready));
    if (devices > 0) {
        const scenario = path.join(folder, 'fleet.yaml');
        fs.writeFileSync(scenario, `name: bench
question: How much does one message cost the hub?
hub: {real: {ready_file: ${ready}}}
fleet: [{group: bench, devices: ${devices}, id: "bench-{index:05}"}]
phases: [{name: connect, connect: {rate: 500/s}}]
gates: [connection.refused == 0]
`);
        execFileSync(twinstorm, ['provision', scenario], {stdio: 'ignore'});
    }
    const plain = path.join(folder, 'ready-plain.json');
    fs.writeFileSync(plain, JSON.stringify({...told, fleet_port: 'mqtt'}), {mode: 0o600});
    return {readyOf: {plain, TLS: ready}, plain: {pid: child.pid, port: told.mqtt.port, words: ['--ready', ready]},
            TLS: {pid: child.pid, port: told.mqtts.port, ca: path.join(folder, 'ca.pem'),
                  words: ['--ready', ready]}};
}

async function mosquitto() {
    const ports = [20000, 20001].map((base) => base + Math.floor(Math.random() * 5000) * 2);
    const file = path.join(scratch, 'mosquitto.conf');
    fs.chmodSync(scratch, 0o755);
    fs.chmodSync(key, 0o644);
    fs.writeFileSync(file, `allow_anonymous true
persistence false
max_inflight_messages 0
max_connections -1
set_tcp_nodelay true
log_type error
listener ${ports[0]} 127.0.0.1
listener ${ports[1]} 127.0.0.1
certfile ${certificate}
keyfile ${key}
`);
    const child = begin(['mosquitto', '-c', file]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return {plain: {pid: child.pid, port: ports[0]}, TLS: {pid: child.pid, port: ports[1]}};
}

async function aedes() {
    const script = path.join(here, 'aedes_server.mjs');
    return {plain: await beginPrinting(['node', script]),
            TLS: await beginPrinting(['node', script, certificate, key])};
}

async function allServers() {
    const servers = {raw: await rawServers(), Twinstorm: await hub()};
    if (!options.short && installed('mosquitto')) servers.mosquitto = await mosquitto();
    if (!options.short && fs.existsSync(path.join(here, 'node_modules/aedes'))) servers.aedes = await aedes();
    return servers;
}

const rows = [];  // {what, who, value, unit, ratio}
function add(what, who, value, unit, raw) {
    rows.push({what, who, value, unit, ratio: raw ? Number((value / raw).toFixed(2)) : null});
    console.error(`${what}: ${who} ${value} ${unit}`, raw ? `= ${(value / raw).toFixed(2)} x raw` : '');
}

const connectionsMany = options.short ? 1000 : 15000;
const ways = [['plain', 1], ['plain', 16], ['TLS', 1], ['TLS', 16]];
const messages = (inFlight) => String((options.short ? 30000 : 100000) * (inFlight > 1 ? 4 : 1));
const where = (server, how) => ['--port', String(server.port),
    ...(how === 'TLS' ? ['--ca', server.ca ?? certificate] : [])];
const words = (server, how, inFlight, count = messages(inFlight), connections = 100) =>
    [...where(server, how), '--connections', String(connections), '--in-flight', String(inFlight),
     '--messages', count];

const generators = {
    raw: {command: [bench('raw_load')]},
    Twinstorm: {command: [bench('mqtt_load')]},
};
if (!options.short) {
    if (fs.existsSync(bench('mosquitto_load'))) generators.libmosquitto = {command: [bench('mosquitto_load')], slow: 2};
    if (fs.existsSync(bench('paho_load'))) generators['Paho C++'] = {command: [bench('paho_load')], slow: 5};
    if (fs.existsSync(path.join(here, 'node_modules/mqtt'))) {
        generators['mqtt.js'] = {command: ['node', path.join(here, 'mqttjs_load.mjs')], slow: 5};
    }
}

function measureGenerators(server) {
    for (const [how, inFlight] of ways) {
        let raw = 0;
        for (const [who, generator] of Object.entries(generators)) {
            const count = String(Math.floor(Number(messages(inFlight)) / (generator.slow ?? 1)));
            const figures = best([...generator.command, ...words(server[how], how, inFlight, count)]);
            raw = who === 'raw' ? figures.client_cpu_us_per_message : raw;
            add(`generator ${how} W=${inFlight}`, who, figures.client_cpu_us_per_message,
                'us of CPU per message', raw);
        }
    }
}

function measureServers(servers) {
    for (const [how, inFlight] of ways) {
        let raw = 0;
        for (const [who, server] of Object.entries(servers)) {
            const figures = best([bench('mqtt_load'), ...(server[how].words ?? []),
                '--server', String(server[how].pid), ...words(server[how], how, inFlight)]);
            raw = who === 'raw' ? figures.server_cpu_us_per_message : raw;
            add(`hub ${how} W=${inFlight}`, who, figures.server_cpu_us_per_message,
                'us of CPU per message', raw);
        }
    }
}

// Of the whole machine: nothing else connects meanwhile.
function synsSentAgain() {
    const [names, values] = fs.readFileSync('/proc/net/netstat', 'utf8').split('\n')
        .filter((line) => line.startsWith('TcpExt:')).map((line) => line.split(' '));
    return Number(values[names.indexOf('TCPSynRetrans')]);
}

function measureConnects(server) {
    const ways = [['plain', []], ['TLS', ['--full-handshakes']], ['TLS, resumed', []]];
    for (const [name, extra] of ways) {
        const how = name.split(',')[0];
        const count = how === 'plain' ? connectionsMany : Math.min(connectionsMany, 2000);
        const what = `connects ${name}, ${count}`;
        let raw;
        // The raw limit never resumes.
        for (const who of name === 'TLS, resumed' ? ['Twinstorm'] : ['raw', 'Twinstorm']) {
            const syns = synsSentAgain();
            const figures = best([...generators[who].command, ...(who === 'raw' ? [] : extra),
                ...words(server[how], how, 1, '1', count)]);
            raw ??= who === 'raw' ? figures.client_cpu_us_per_connect : undefined;
            add(what, who, figures.client_cpu_us_per_connect, 'us of CPU per connect', raw);
            add(what, who, figures.connects_per_s, 'connects/s');
            add(what, who, synsSentAgain() - syns, 'SYNs sent again, all rounds');
            add(`generator's memory ${name}, ${count}`, who, figures.client_memory_bytes_per_connection,
                'bytes per connection');
        }
    }
}
// At servers that are new: one that has grown before takes its memory again, and seems to need none.
async function measureIdle() {
    for (const how of ['plain', 'TLS']) {
        const before = started.length;
        const servers = await allServers();
        for (const [who, server] of Object.entries(servers)) {
            const figures = load([bench('mqtt_load'), ...(server[how].words ?? []),
                '--server', String(server[how].pid), ...where(server[how], how),
                '--connections', String(connectionsMany), '--idle', '2']);
            add(`server's memory ${how}, ${connectionsMany} idle`, who,
                figures.server_memory_bytes_per_connection, 'bytes per connection');
        }
        for (const child of started.splice(before)) child.kill('SIGKILL');
    }
}

function cpuOfServer(pid) {
    return fs.readdirSync(`/proc/${pid}/task`).reduce((sum, task) =>
        sum + Number(fs.readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0);
}

// A run of the whole simulator against the hub; `fleet` and `phase` in YAML's flow form. Exit code 4,
// that the machine could not keep up, does not concern the CPU time of an operation.
function run(name, ready, fleet, phase, {connect = 200, pacing = ''} = {}) {
    const file = path.join(scratch, `${name}.yaml`);
    const folder = path.join(scratch, name);
    fs.writeFileSync(file, `name: ${name}
question: What does one operation cost?
hub: {real: {ready_file: ${ready}}}
${pacing}
fleet: [${fleet}]
phases:
  - {name: connect, connect: {rate: ${connect}/s}}
  - ${phase}
gates: [security_message.failed == 0]
`);
    const [program, ...rest] = pin(0, [twinstorm, 'run', file, '--quiet', '--workers', '1', '--out', folder]);
    const script = `TIMEFORMAT='%U %S'; time { "$@" >/dev/null 2>&1 || [ $? -eq 4 ]; }`;
    const time = spawnSync('bash', ['-c', script, 'run', program, ...rest],
        {encoding: 'utf8', env: {...process.env, LC_ALL: 'C'}});
    if (time.status !== 0) throw new Error(`the run ${name} failed`);
    const [user, system] = time.stderr.trim().split(/\s+/).map(Number);
    const result = JSON.parse(fs.readFileSync(path.join(folder, 'result.json')));
    return {cpu_us: (user + system) * 1e6, result, counters: result.counters};
}

// Real agents with real messages at their own instants. A shorter run of the same is taken off, so
// that start, connects and report do not count.
function paced(name, ready, agents, rate, seconds, options) {
    const fleet = `{group: ${name}, devices: ${agents}, id: "${name}-{index:05}", ` +
        `security_messages: {rate: ${rate}/s}}`;
    const [short, long] = [2, 2 + seconds].map((length) =>
        run(`${name}-${length}`, ready, fleet, `{name: load, duration: ${length}s}`, options));
    const count = long.counters['security_message.acked'] - short.counters['security_message.acked'];
    return {us: (long.cpu_us - short.cpu_us) / count, core: (long.cpu_us - short.cpu_us) / seconds / 1e6,
            bytes: Math.round(long.counters['security_message.bytes'] / long.counters['security_message.sent']),
            ack: long.result.metrics['security_message.ack'], verdict: long.result.verdict};
}

function measurePaced(server, ready) {
    const [agents, seconds] = options.short ? [200, 4] : [1000, 15];
    const precise = paced('paced', ready, agents, 10, seconds);
    const what = `paced plain, ${agents} agents x 10/s, ${precise.bytes} bytes`;
    const raw = best([bench('raw_load'), ...where(server.plain, 'plain'), '--connections', String(agents),
        '--in-flight', '16', '--rate', String(agents * 10), '--messages', String(agents * 50),
        '--payload', String(precise.bytes)]).client_cpu_us_per_message;
    add(what, 'raw', raw, 'us of CPU per message', raw);
    add(what, 'Twinstorm', Number(precise.us.toFixed(2)), 'us of CPU per message', raw);
    add(what, 'Twinstorm', precise.ack.p50, 'us from the intended instant to PUBACK, p50');
    add(what, 'Twinstorm', precise.ack.p99, 'us from the intended instant to PUBACK, p99');
    const tick = paced('ticked', ready, agents, 10, seconds, {pacing: 'pacing: {tick: 1ms}'});
    add(`${what}, on a tick of 1ms`, 'Twinstorm', Number(tick.us.toFixed(2)), 'us of CPU per message', raw);
    add(`${what}, on a tick of 1ms`, 'Twinstorm', Number((tick.core * 100).toFixed(1)), '% of a core');
    add(`${what}, on a tick of 1ms`, 'Twinstorm', tick.ack.p50, 'us from the intended instant to PUBACK, p50');
}

// The same load from more and more agents: what each message costs the fleet.
function measureGrowth(ready) {
    let first;
    for (const agents of options.short ? [100, 1000] : [100, 1000, 10000, 19000]) {
        const {us} = paced(`grown${agents}`, ready, agents, 5000 / agents, options.short ? 4 : 15,
            {connect: 1000});
        first ??= us;
        rows.push({what: 'paced plain, 5,000 messages/s in all', who: `${agents} agents`,
                   value: Number(us.toFixed(2)), unit: 'us of CPU per message',
                   ratio: null, growth: Number((us / first).toFixed(2))});
        console.error(`paced, ${agents} agents: ${us.toFixed(2)} us, ${(us / first).toFixed(2)} x the first`);
    }
}

function peakMemory(pid) {
    return Number(/VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}
const units = {B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30};
function fleetMemory({result}) {
    const [value, unit] = result.environment['fleet.memory_max'].split(' ');
    return Number(value) * units[unit];
}

// Idle agents with their twins and schedules; identities and twins count for the hub, too.
async function measureAgents() {
    const agents = options.short ? 1000 : 10000;
    for (const how of ['plain', 'TLS']) {
        const before = started.length;
        const {readyOf, plain: {pid}} = await hub(0);
        const idle = (name, devices) => run(name, readyOf[how],
            `{group: idle, devices: ${devices}, id: "idle-{index:05}"}`, '{name: idle, duration: 3s}', {connect: 400});
        const base = fleetMemory(idle(`idle-one-${how}`, 1));
        const hubBase = peakMemory(pid);
        const all = fleetMemory(idle(`idle-all-${how}`, agents));
        add(`memory of an idle agent, ${how}, ${agents}`, 'fleet', Math.round((all - base) / agents), 'bytes');
        add(`memory of an idle agent, ${how}, ${agents}`, 'hub', Math.round((peakMemory(pid) - hubBase) / agents),
            'bytes, its identities and twins included');
        for (const child of started.splice(before)) child.kill('SIGKILL');
    }
}

// A whole round: the operator's patch in, the notice out, the reported patch in, its answer out. The
// same run without updates is taken off.
function measureTwinRounds(server, ready) {
    const seconds = options.short ? 5 : 20;
    const fleet = '{group: twin, devices: 200, id: "twin-{index:05}", security_messages: {rate: 0.01/s}}';
    const measured = (rate) => {
        const before = cpuOfServer(server.TLS.pid);
        const {counters, result} = run(`twins-${rate}`, ready, fleet, `{name: updates, duration: ${seconds}s, ` +
            `twin_updates: {rate: ${rate}/s, patch: {Heartbeat_MessageFrequency: [High, Medium]}}}`);
        return {ns: cpuOfServer(server.TLS.pid) - before, updates: counters['twin_update.confirmed'],
                trip: result.metrics['twin_update.round_trip']};
    };
    const idle = measured(1);
    for (const rate of options.short ? [300] : [1000, 4000, 8000]) {
        const busy = measured(rate);
        const us = (busy.ns - idle.ns) / 1000 / (busy.updates - idle.updates);
        const what = `twin updates, REST in to 204 out, TLS, ${rate}/s offered`;
        add(what, 'Twinstorm', Number(us.toFixed(1)), "us of the hub's CPU each");
        add(what, 'Twinstorm', Math.round(busy.updates / seconds), 'confirmed a second');
        add(what, 'Twinstorm', busy.trip.p50, 'us for the round, p50');
        add(what, 'Twinstorm', busy.trip.p99, 'us for the round, p99');
    }
}

function write() {
    const cpu = os.cpus();
    const head = {pinned: Boolean(options.pinned), rounds, cores: cpu.length, cpu: cpu[0].model,
                  kernel: os.release(), rows};
    fs.mkdirSync(out, {recursive: true});
    fs.writeFileSync(path.join(out, `${options.name}.json`), JSON.stringify(head, null, 1) + '\n');
    const lines = rows.map((row) => `| ${row.what} | ${row.who} | ${row.value} ${row.unit} | ` +
        `${row.ratio ?? (row.growth ? `${row.growth} x the first` : '')} |`);
    fs.writeFileSync(path.join(out, `${options.name}.md`),
        `# Raw limits, Twinstorm and peers

${cpu.length} cores, ${cpu[0].model}, Linux ${os.release()}; ${options.pinned ? 'pinned' : 'not pinned'}; the \
least CPU time of ${rounds} rounds. W: messages in flight of each of 100 clients, QoS 1, 256 bytes.
Servers are measured under Twinstorm's generator, generators against the raw server.
Made by \`node tests/bench/floor_and_peers.mjs BUILD\`.

| what | who | measured | / raw |
|---|---|---|---|
${lines.join('\n')}
`);
    console.error(path.join(out, `${options.name}.md`));
}

let code = 0;
try {
    const servers = await allServers();
    const raw = servers.raw;
    measureGenerators(raw);
    measureServers(servers);
    measureConnects(raw);
    measurePaced(raw, servers.Twinstorm.readyOf.plain);
    measureGrowth(servers.Twinstorm.readyOf.plain);
    measureTwinRounds(servers.Twinstorm, servers.Twinstorm.readyOf.TLS);
    await measureIdle();
    await measureAgents();
    write();
    for (const row of rows) {
        if (options.short && row.who === 'Twinstorm' && row.ratio > (limits[row.what] ?? Infinity)) {
            console.error(`${row.what}: ${row.ratio} x raw is over the limit of ${limits[row.what]}`);
            code = 1;
        }
    }
} catch (error) {
    console.error(error.message);
    code = 2;
} finally {
    for (const child of started) child.kill('SIGKILL');
    fs.rmSync(scratch, {recursive: true, force: true});
}
process.exit(code);
