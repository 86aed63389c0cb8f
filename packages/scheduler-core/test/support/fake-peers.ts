import { asAddress, type Address } from '@grid/common';
import type { Transports } from '@grid/comm';
import { textColumn, type Message, type MessageWith, type Op } from '@grid/protocol';
import { connectLink, type Link, type LinkHandlers } from '@grid/rpc';

const TIMEOUT_MS = 5000;

/** A link that keeps what it hears, in order, until somebody asks for it. */
class Ears implements LinkHandlers {
  readonly heard: Message[] = [];
  isClosed = false;
  onAny: (message: Message) => void = () => {};
  onRequest: (message: Message) => Promise<Message> = async (message) => {
    throw new TypeError(`nobody answers ${message.op}`);
  };
  #wake: (() => void)[] = [];

  onMessage(message: Message): void {
    this.onAny(message);
    this.heard.push(message);
    this.#wakeAll();
  }

  onClosed(): void {
    this.isClosed = true;
    this.#wakeAll();
  }

  /** The next message of this word; those before it are dropped. */
  async next<Word extends Op>(op: Word): Promise<MessageWith<Word>> {
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    for (;;) {
      const index = this.heard.findIndex((message) => message.op === op);
      if (index >= 0) {
        const message = this.heard[index] as MessageWith<Word>;
        this.heard.splice(0, index + 1);
        return message;
      }
      if (deadline.aborted || this.isClosed)
        throw new TypeError(`no ${op} came; ${this.isClosed ? 'the line closed' : ''}`);
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
        deadline.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  async closed(): Promise<void> {
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    while (!this.isClosed) {
      deadline.throwIfAborted();
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
        deadline.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** What a peer needs to reach the scheduler. */
export interface Place {
  readonly transports: Transports;
  readonly address: Address;
  readonly token: string | null;
}

async function dial(
  place: Place,
  role: 'client' | 'worker' | 'nanny',
  ears: Ears,
  features: readonly string[] = [],
  instanceId = `${role}-${String(Math.random())}`,
): Promise<Link> {
  return connectLink(place.address, {
    transports: place.transports,
    token: place.token,
    local: { role, instanceId, about: {}, features },
    handlers: {
      onMessage: (message) => ears.onMessage(message),
      onRequest: (message) => ears.onRequest(message),
      onClosed: () => ears.onClosed(),
    },
    deadlineMs: TIMEOUT_MS,
  });
}

/** What clients send whose users give no options. */
export const DEFAULT_SUBMIT_OPTIONS: MessageWith<'update-graph'>['options'] = {
  priority: 0,
  fifoTimeoutMs: 100,
  retries: 0,
  workers: [],
  allowOtherWorkers: false,
  timeoutMs: 0,
  resources: null,
  actor: null,
  span: null,
  custom: null,
};

/** Submits as a client does, without any of a client's own knowledge. */
export class FakeClient {
  readonly ears = new Ears();
  #nextId = 0;
  #graphId = 0;

  private constructor(readonly link: Link) {}

  static async connect(place: Place, name = 'client'): Promise<FakeClient> {
    const client = new FakeClient(null as unknown as Link);
    const link = await dial(place, 'client', client.ears);
    Object.assign(client, { link });
    await link.request({ op: 'register-client', clientId: name, name, versions: {} }, { timeoutMs: TIMEOUT_MS });
    return client;
  }

  /** Opens a further line, for bulk requests: one that does not register. */
  static async connectBulk(place: Place): Promise<FakeClient> {
    const client = new FakeClient(null as unknown as Link);
    Object.assign(client, { link: await dial(place, 'client', client.ears) });
    return client;
  }

  /** Rows of keys and the client ids they depend on; the ids are counted from the first row of the first submission. */
  submit(
    rows: readonly (readonly [key: string, dependencies: readonly number[]])[],
    change: Partial<MessageWith<'update-graph'>> = {},
  ): number {
    const firstId = this.#nextId;
    this.#nextId += rows.length;
    const ends: number[] = [];
    const ids: number[] = [];
    for (const [, dependencies] of rows) {
      ids.push(...dependencies);
      ends.push(ids.length);
    }
    this.link.send({
      op: 'update-graph',
      graphId: this.#graphId,
      functions:
        this.#graphId === 0
          ? [{ id: 0, hash: 'hash', name: 'f', payload: { body: new Uint8Array([7]), buffers: [] }, units: [] }]
          : [],
      firstId,
      keys: textColumn(rows.map(([key]) => key)),
      functionIds: rows.map(() => 0),
      args: { block: Uint8Array.from(rows.keys()), ends: rows.map((_, row) => row + 1), buffers: [] },
      dependencies: { ends, ids },
      order: null,
      wanted: null,
      options: DEFAULT_SUBMIT_OPTIONS,
      units: [],
      parent: null,
      ...change,
    });
    this.#graphId += 1;
    return firstId;
  }
}

/** Says what a test has it say. */
export class FakeNanny {
  readonly ears = new Ears();

  private constructor(readonly link: Link) {}

  static async connect(place: Place, name: string): Promise<FakeNanny> {
    const nanny = new FakeNanny(null as unknown as Link);
    const link = await dial(place, 'nanny', nanny.ears, [], `nanny-of-${name}`);
    Object.assign(nanny, { link });
    await link.request({ op: 'register-nanny', name, pid: 1 }, { timeoutMs: TIMEOUT_MS });
    return nanny;
  }

  /** Tells how the process of a worker ended. */
  tell(pid: number, exit: Partial<MessageWith<'worker-exited'>>): void {
    const how = { cause: 'signal', code: null, signal: 'SIGKILL', memory: 0, memoryLimit: 0, log: [] } as const;
    this.link.send({ op: 'worker-exited', pid, ...how, ...exit });
  }
}

export interface FakeWorkerOptions {
  readonly features?: readonly string[];
  /** Answers what the scheduler asks, also before the worker is registered. */
  readonly onRequest?: (message: Message) => Promise<Message>;
  /** The instance id of its nanny. */
  readonly nanny?: string | null;
  readonly pid?: number;
  /** Told of all other messages as they come. */
  readonly onMessage?: (message: Message) => void;
}

/** Answers as a worker does, when it is told to. */
export class FakeWorker {
  readonly ears = new Ears();
  id = -1;

  private constructor(readonly link: Link) {}

  static async connect(
    place: Place,
    name: string,
    address = `tcp://127.0.0.1:${String(20_000 + name.length)}`,
    { features = [], onRequest, onMessage, nanny = null, pid = 1 }: FakeWorkerOptions = {},
  ): Promise<FakeWorker> {
    const worker = new FakeWorker(null as unknown as Link);
    if (onRequest !== undefined) worker.ears.onRequest = onRequest;
    if (onMessage !== undefined) worker.ears.onAny = onMessage;
    const link = await dial(place, 'worker', worker.ears, features);
    Object.assign(worker, { link });
    const reply = await link.request(
      {
        op: 'register-worker',
        instanceId: name,
        name,
        address: asAddress(address),
        threads: 1,
        memoryLimit: 0,
        pid,
        now: 0,
        versions: {},
        resources: {},
        nanny,
      },
      { timeoutMs: TIMEOUT_MS },
    );
    worker.id = reply.workerId;
    return worker;
  }

  /** The next batch of tasks. */
  async tasks(): Promise<MessageWith<'compute-tasks'>> {
    return this.ears.next('compute-tasks');
  }

  /** Finishes all rows of a batch; `results` rides along, the same for all. */
  finish({ taskIds, runIds }: MessageWith<'compute-tasks'>, result: readonly number[] = []): void {
    const rows = Array.from(taskIds);
    this.link.send({
      op: 'tasks-finished',
      types: [{ id: 0, name: 'number' }],
      taskIds,
      runIds,
      sizes: rows.map(() => 8),
      typeIds: rows.map(() => 0),
      starts: rows.map(() => 0),
      durations: rows.map(() => 1),
      results:
        result.length === 0
          ? null
          : {
              block: Uint8Array.from(rows.flatMap(() => result)),
              ends: rows.map((_, row) => (row + 1) * result.length),
            },
    });
  }
}
