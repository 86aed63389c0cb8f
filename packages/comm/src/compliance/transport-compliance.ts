import { connectingRules } from './connecting-rules.js';
import { endingRules } from './ending-rules.js';
import { flowRules } from './flow-rules.js';
import { messageRules } from './message-rules.js';
import type { Rule } from './rule.js';
import type { TransportSetup } from './transport-setup.js';
import { Workbench } from './workbench.js';

/** Makes a fresh setup; called once for each test. */
export type TransportSetupFactory = () => Promise<TransportSetup>;

/** The two functions of a test framework that the suite needs: those of jest, vitest, mocha or node:test will do. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>, timeoutMs?: number): unknown;
}

const TEST_MS = 60_000;

/**
 * Declares the tests that every transport has to pass.
 *
 * @param name - Of the transport, for the report.
 * @param createSetup - Makes what a test works on.
 * @param runner - Where to declare them. @defaultValue the `describe` and `it` that jest and mocha put into `globalThis`
 * @example
 * ```ts
 * describeTransportCompliance('inproc', async () => ({
 *   transport: new InprocTransport(),
 *   address: toAddress('inproc://listener'),
 * }));
 * ```
 */
export function describeTransportCompliance(
  name: string,
  createSetup: TransportSetupFactory,
  runner: TestRunner = globalThis as unknown as TestRunner,
): void {
  const rules: readonly Rule[] = [...messageRules, ...flowRules, ...endingRules, ...connectingRules];
  runner.describe(`${name} as a transport`, () => {
    for (const [title, test] of rules) {
      runner.it(
        title,
        async () => {
          const bench = new Workbench(await createSetup());
          try {
            await test(bench);
          } finally {
            await bench.close();
          }
        },
        TEST_MS,
      );
    }
  });
}
