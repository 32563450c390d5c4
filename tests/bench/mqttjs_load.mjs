// mqtt.js as a generator, under the same load as raw_load.
import fs from 'node:fs';
import mqtt from 'mqtt';

const options = Object.fromEntries(process.argv.slice(2).join(' ').split('--').filter(Boolean)
    .map((pair) => pair.trim().split(/\s+/)));
const connections = Number(options.connections ?? 100);
const inFlight = Number(options['in-flight'] ?? 1);
const messages = Number(options.messages ?? 100000);
const payload = Buffer.alloc(256, 'x');
const ca = options.ca ? fs.readFileSync(options.ca) : undefined;

const cpuUs = () => { const used = process.cpuUsage(); return used.user + used.system; };
let memory = process.memoryUsage.rss();
let cpu = cpuUs();
let began = performance.now();
const clients = await Promise.all(Array.from({length: connections}, (_, i) =>
    mqtt.connectAsync(`${ca ? 'mqtts' : 'mqtt'}://localhost:${options.port}`,
                      {clientId: `js-${i}`, clean: true, ca, keepalive: 240})));
console.log('connects_per_s', Math.round(connections * 1000 / (performance.now() - began)));
console.log('client_cpu_us_per_connect', ((cpuUs() - cpu) / connections).toFixed(2));
console.log('client_memory_bytes_per_connection',
            Math.round((process.memoryUsage.rss() - memory) / connections));

cpu = cpuUs();
began = performance.now();
let sent = 0;
let acknowledged = 0;
await new Promise((resolve) => {
    const publish = (client) => {
        if (sent++ < messages) {
            client.publish('bench/js', payload, {qos: 1}, () => {
                if (++acknowledged === messages) resolve();
                publish(client);
            });
        }
    };
    for (const client of clients) {
        for (let i = 0; i < inFlight; ++i) publish(client);
    }
});
console.log('client_cpu_us_per_message', ((cpuUs() - cpu) / messages).toFixed(3));
console.log('messages_per_s', Math.round(messages * 1000 / (performance.now() - began)));
process.exit(0);
