import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import { asAddress } from '@grid/common';
import { describeTransportCompliance } from '../src/compliance/index.js';
import { splitAddress } from '../src/index.js';
import { UnixTransport } from './unix-transport.js';

describeTransportCompliance(
  'unix, the example of the README,',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'grid-comm-'));
    return {
      transport: new UnixTransport(),
      address: asAddress(`unix://${folder}/socket`),
      vanishingPeer: async (address) => {
        const socket = connect(splitAddress(address).location);
        await once(socket, 'connect');
        socket.end(Uint8Array.of(0x47, 0x44, 1));
      },
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
  { describe, it },
);
