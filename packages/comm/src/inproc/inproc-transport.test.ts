import { describe, it } from '@jest/globals';
import { asAddress } from '@grid/common';
import { describeTransportCompliance } from '../compliance/transport-compliance.js';
import { InprocTransport } from './inproc-transport.js';

describeTransportCompliance(
  'inproc',
  async () => ({ transport: new InprocTransport(), address: asAddress('inproc://listener') }),
  { describe, it },
);
