import { describe, expect, it } from '@jest/globals';
import { asAddress, type Address } from '@grid/common';
import { connect } from './connect.js';
import { CommError } from './errors.js';
import { createCommPair } from './inproc/comm-pair.js';
import type { Comm, Transport } from './transport.js';
import { Transports } from './transports.js';

const ADDRESS = asAddress('fake://there');

/** A transport whose attempts go as `script` says; the last step is repeated. */
function scripted(script: readonly ((signal: AbortSignal) => Promise<Comm>)[]): {
  transports: Transports;
  attempts: () => number;
} {
  let attempts = 0;
  const transport: Transport = {
    scheme: 'fake',
    connect: (_address: Address, { signal }) => {
      const step = script[Math.min(attempts, script.length - 1)];
      attempts += 1;
      if (step === undefined) throw new RangeError('an empty script');
      return step(signal);
    },
    listen: () => Promise.reject(new RangeError('not here')),
  };
  return { transports: new Transports([transport]), attempts: () => attempts };
}

const refused = () => Promise.reject(new CommError('GRID_COMM_CONNECT_FAILED', 'nobody listens'));
const accepted = async () => createCommPair([asAddress('fake://me'), ADDRESS])[0];
const hangs = (signal: AbortSignal) =>
  new Promise<Comm>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

describe('connect', () => {
  it('tries again until somebody listens', async () => {
    const { transports, attempts } = scripted([refused, refused, refused, accepted]);
    const comm = await connect(transports, ADDRESS, { random: () => 0 });
    expect(comm.peerAddress).toBe(ADDRESS);
    expect(attempts()).toBe(4);
  });

  it('says at the deadline what it tried and what went wrong last', async () => {
    const { transports, attempts } = scripted([refused]);
    const failure = await connect(transports, ADDRESS, { timeoutMs: 60, backoffMs: 5, random: () => 0.5 }).catch(
      (e: unknown) => e,
    );
    expect(failure).toMatchObject({
      code: 'GRID_COMM_CONNECT_FAILED',
      details: { address: ADDRESS, timeoutMs: 60, attempts: attempts() },
      cause: { message: 'nobody listens' },
    });
    expect((failure as Error).message).toMatch(
      /could not connect to fake:\/\/there within 60 ms \(\d+ attempts\): nobody listens/,
    );
    expect(attempts()).toBeGreaterThan(1);
  });

  it('gives a first attempt that hangs only a part of the time', async () => {
    const { transports, attempts } = scripted([hangs, accepted]);
    await connect(transports, ADDRESS, { timeoutMs: 500, random: () => 0 });
    expect(attempts()).toBe(2);
  });

  it('ends attempts that hang at the deadline, and names the hanging', async () => {
    const { transports } = scripted([hangs]);
    const failure = await connect(transports, ADDRESS, { timeoutMs: 50, random: () => 0 }).catch((e: unknown) => e);
    expect(failure).toMatchObject({ code: 'GRID_COMM_CONNECT_FAILED', cause: { code: 'GRID_COMMON_TIMEOUT' } });
  });

  it.each([
    new CommError('GRID_COMM_BAD_ADDRESS', 'no address'),
    new CommError('GRID_COMM_WIRE_VERSION', 'too old'),
    new TypeError('a bug'),
  ])('passes on at once what is final: %s', async (error) => {
    const { transports, attempts } = scripted([() => Promise.reject(error), accepted]);
    await expect(connect(transports, ADDRESS)).rejects.toBe(error);
    expect(attempts()).toBe(1);
  });

  it('refuses at once a scheme that nothing speaks', async () => {
    const { transports } = scripted([accepted]);
    await expect(connect(transports, asAddress('other://x'))).rejects.toMatchObject({
      code: 'GRID_COMM_UNKNOWN_SCHEME',
    });
  });

  it.each(['before', 'during an attempt', 'during a pause'])(
    'rejects with the reason of a signal that fires %s',
    async (when) => {
      const reason = { why: when };
      const controller = new AbortController();
      const { transports } = scripted([when === 'during an attempt' ? hangs : refused]);
      if (when === 'before') controller.abort(reason);
      const connecting = connect(transports, ADDRESS, {
        signal: controller.signal,
        backoffMs: 60_000,
        backoffMaxMs: 60_000,
        random: () => 1,
      });
      const outcome = expect(connecting).rejects.toBe(reason);
      // Two turns are more than the attempt needs to fail and the pause to begin.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      controller.abort(reason);
      await outcome;
    },
  );
});
