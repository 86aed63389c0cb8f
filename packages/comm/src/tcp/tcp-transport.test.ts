import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from '@jest/globals';
import { asAddress } from '@grid/common';
import { parseHostAddress } from '../address.js';
import { describeTransportCompliance } from '../compliance/transport-compliance.js';
import { TcpTransport } from './tcp-transport.js';

describeTransportCompliance(
  'tcp',
  async () => ({
    transport: new TcpTransport(),
    address: asAddress('tcp://127.0.0.1:0'),
    vanishingPeer: async (address) => {
      const { host, port } = parseHostAddress(address);
      const socket = connect({ host, port });
      await once(socket, 'connect');
      socket.destroy();
    },
  }),
  { describe, it },
);
