// aedes as a server: prints its port, then serves until it is killed. With TLS when a certificate
// and a key are given.
import fs from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import Aedes from 'aedes';

const [certificate, key] = process.argv.slice(2);
const broker = new Aedes();
const server = certificate
    ? tls.createServer({cert: fs.readFileSync(certificate), key: fs.readFileSync(key)}, broker.handle)
    : net.createServer(broker.handle);
server.listen(0, '127.0.0.1', 4096, () => console.log(server.address().port));
