import { describe, expect, it } from '@jest/globals';
import { asAddress, type Address } from '@grid/common';
import { describeTransportCompliance, type TestRunner } from '../src/compliance/index.js';
import {
  CommError,
  InprocTransport,
  type Comm,
  type ConnectOptions,
  type Frames,
  type Listener,
  type Transport,
} from '../src/index.js';

/** A comm that passes everything on; its subclasses do one thing wrong. */
class Passing implements Comm {
  protected readonly inner: Comm;
  constructor(inner: Comm) {
    this.inner = inner;
  }
  get localAddress(): Address {
    return this.inner.localAddress;
  }
  get peerAddress(): Address {
    return this.inner.peerAddress;
  }
  get isClosed(): boolean {
    return this.inner.isClosed;
  }
  send(frames: Frames): Promise<void> {
    return this.inner.send(frames);
  }
  close(): Promise<void> {
    return this.inner.close();
  }
  abort(reason: unknown): void {
    this.inner.abort(reason);
  }
  [Symbol.asyncIterator](): AsyncIterator<Frames> {
    return this.inner[Symbol.asyncIterator]();
  }
  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.close();
  }
}

class Wrapping implements Transport {
  readonly scheme = 'inproc';
  readonly #inner = new InprocTransport();
  readonly #wrap: (comm: Comm) => Comm;
  constructor(wrap: (comm: Comm) => Comm) {
    this.#wrap = wrap;
  }
  async connect(address: Address, options: ConnectOptions): Promise<Comm> {
    return this.#wrap(await this.#inner.connect(address, options));
  }
  listen(address: Address, onComm: (comm: Comm) => void): Promise<Listener> {
    return this.#inner.listen(address, (comm) => onComm(this.#wrap(comm)));
  }
}

/** Runs rules of the suite outside jest, all or one, and returns the titles of those that failed. */
async function failures(transport: () => Transport, only?: string): Promise<string[]> {
  const tests: [string, () => Promise<void>][] = [];
  const runner: TestRunner = { describe: (_, body) => body(), it: (title, body) => tests.push([title, body]) };
  const setup = async () => ({
    transport: transport(),
    address: asAddress('inproc://listener'),
    moreThanALineHolds: 2 ** 27,
  });
  describeTransportCompliance('a transport', setup, runner);
  const failed: string[] = [];
  for (const [title, body] of tests) {
    if (only !== undefined && only !== title) continue;
    await body().catch(() => failed.push(title));
  }
  return failed;
}

describe('the compliance suite', () => {
  it('passes a transport that does nothing wrong, with any test framework', async () => {
    expect(await failures(() => new Wrapping((comm) => new Passing(comm)))).toEqual([]);
    // All rules of the suite in one test.
  }, 60_000);

  it.each<[string, string, (comm: Comm) => Comm]>([
    [
      'does not make a writer wait',
      'a reader that does not read makes the writer wait, and nothing is lost',
      (inner) =>
        new (class extends Passing {
          override async send(frames: Frames): Promise<void> {
            const sent = this.inner.send(frames);
            const room = await Promise.race([sent, Promise.resolve('no room')]);
            if (room === 'no room') sent.catch(() => 'refused later');
          }
        })(inner),
    ],
    [
      'drops empty frames',
      'frames keep their borders, empty ones too',
      (inner) =>
        new (class extends Passing {
          override send(frames: Frames): Promise<void> {
            const full = frames.filter((frame) => frame.length > 0);
            return this.inner.send(full.length === 0 ? frames : full);
          }
        })(inner),
    ],
    [
      'ends the comm when a loop is left',
      'leaving a loop early neither closes the comm nor loses a message',
      (inner) =>
        new (class extends Passing {
          override [Symbol.asyncIterator](): AsyncIterator<Frames> {
            const iterator = this.inner[Symbol.asyncIterator]();
            return {
              next: () => iterator.next(),
              return: async () => {
                await this.inner.close();
                return { done: true, value: undefined };
              },
            };
          }
        })(inner),
    ],
    [
      'closes without telling the peer',
      'after close, sends fail on both ends with a code and both loops end',
      (inner) =>
        new (class extends Passing {
          override async close(): Promise<void> {
            this.inner.abort('closed');
          }
        })(inner),
    ],
    [
      'loses the code of its errors',
      'after close, sends fail on both ends with a code and both loops end',
      (inner) =>
        new (class extends Passing {
          override async send(frames: Frames): Promise<void> {
            await this.inner.send(frames).catch((cause: unknown) => {
              throw new CommError('GRID_COMM_LISTEN_FAILED', 'something is wrong', { cause });
            });
          }
        })(inner),
    ],
  ])('fails a transport that %s', async (_, rule, wrap) => {
    expect(await failures(() => new Wrapping(wrap), rule)).toEqual([rule]);
  });
});
