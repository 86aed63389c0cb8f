export { describeTransportCompliance } from './transport-compliance.js';
export type { TestRunner, TransportSetupFactory } from './transport-compliance.js';
export type { TransportSetup } from './transport-setup.js';
