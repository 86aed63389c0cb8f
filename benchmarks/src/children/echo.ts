import { createServer, type AddressInfo } from 'node:net';

// Sends back what comes, and nothing else: the least that a trip to another process and back can cost here.
const server = createServer({ noDelay: true }, (socket) => socket.pipe(socket));
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
