import { asAddress, nullLogger, type Address } from '@grid/common';
import type { Transports } from '@grid/comm';
import {
  decodeValue,
  encodeValue,
  hashUpload,
  textColumn,
  RESUME_FEATURE,
  UPLOADS_FEATURE,
  uploadBytes,
  type Message,
  type MessageWith,
  type Payload,
  type Upload,
  type UploadFile,
} from '@grid/protocol';
import { createInstanceId, isMessage, RpcServer, type Link } from '@grid/rpc';

import type { FunctionPart } from '../executor/executor.js';
import { Needs } from './executor-harness.js';

/** One task that a test wants run. */
export interface ScriptedTask {
  readonly taskId: number;
  readonly text: string;
  readonly args?: readonly unknown[];
  readonly runId?: number;
  /** Worker numbers that have the value of a dependency, by its task id. */
  readonly holders?: Readonly<Record<number, readonly number[]>>;
  readonly flags?: number;
  readonly timeoutMs?: number;
}

/** A worker as the scripted scheduler knows it. */
export interface JoinedWorker {
  readonly workerId: number;
  /** What it has of a former scheduler. */
  readonly inventory: MessageWith<'worker-inventory'> | undefined;
  readonly registration: MessageWith<'register-worker'>;
  readonly link: Link;
  /** Everything it said besides requests. */
  readonly messages: Message[];
  isClosed: boolean;
  unregistered: string | undefined;
}

/** A scheduler that decides nothing: it registers workers, and says what the test tells it to say. */
export class ScriptedScheduler {
  readonly workers: JoinedWorker[] = [];
  address: Address = asAddress('');
  heartbeats = 0;
  /** What heartbeats are answered with. */
  status: 'ok' | 'missing' = 'ok';
  heartbeatIntervalMs = 50;
  /** What workers get when they ask for an upload by its hash. */
  contentOf: (hash: string) => Promise<readonly UploadFile[] | null> = async (hash) => this.#contents.get(hash) ?? null;
  /** How a worker is answered that asks to be made ready to leave. */
  onRetire: (timeoutMs: number) => Promise<MessageWith<'retire-workers-reply'>> = async () => {
    return { op: 'retire-workers-reply', retired: [], kept: [] };
  };
  /** How far this scheduler's clock is ahead, in milliseconds. */
  clockAheadMs = 0;
  readonly #instanceId = createInstanceId('scheduler');
  readonly #server: RpcServer;
  readonly #wakers: (() => void)[] = [];
  readonly #functionIds = new Map<string, number>();
  readonly #contents = new Map<string, readonly UploadFile[]>();

  constructor(transports: Transports, token: string | null = null) {
    this.#server = new RpcServer(
      {
        token,
        local: {
          role: 'scheduler',
          instanceId: this.#instanceId,
          about: {},
          features: [UPLOADS_FEATURE, RESUME_FEATURE],
        },
      },
      { transports, logger: nullLogger, accept: (link) => this.#accept(link) },
    );
  }

  async listen(address: string): Promise<void> {
    this.address = await this.#server.listen(asAddress(address));
  }

  /** Waits until `find` gives something, looking again after each message; the test's time limit bounds it. */
  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  async joined(count: number): Promise<readonly JoinedWorker[]> {
    return this.until(() => (this.workers.length >= count ? this.workers : undefined));
  }

  /** Waits for a message of this word about this task. */
  told<Op extends Message['op']>(worker: JoinedWorker, op: Op, taskId: number): Promise<MessageWith<Op>> {
    return this.until(() =>
      worker.messages.find((message): message is MessageWith<Op> => message.op === op && isAbout(message, taskId)),
    );
  }

  compute(worker: JoinedWorker, tasks: readonly ScriptedTask[]): void {
    worker.link.send(this.#computeMessage(tasks));
  }

  /** Keeps the content of an upload, and makes the message about it; `change` falsifies what that says. */
  async keep(upload: Upload, change: Partial<MessageWith<'take-upload'>> = {}): Promise<MessageWith<'take-upload'>> {
    const { name, kind, files } = upload;
    const hash = await hashUpload(upload);
    this.#contents.set(hash, files);
    return { op: 'take-upload', name, kind, hash, nbytes: uploadBytes(files), ...change };
  }

  /** Has a worker take an upload that is kept. */
  async give({ link }: JoinedWorker, message: MessageWith<'take-upload'>): Promise<void> {
    await link.request(message, { timeoutMs: 10_000 });
  }

  free(worker: JoinedWorker, ...taskIds: number[]): void {
    worker.link.send({ op: 'free-keys', taskIds, stimulusId: 1 });
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  #computeMessage(tasks: readonly ScriptedTask[]): Message {
    const functions: FunctionPart[] = [];
    const blocks: Uint8Array[] = [];
    const buffers: { row: number; buffers: readonly Uint8Array[] }[] = [];
    const argEnds: number[] = [];
    const dependencyEnds: number[] = [];
    const dependencyIds: number[] = [];
    const holderEnds: number[] = [];
    const holderIds: number[] = [];
    let position = 0;
    tasks.forEach(({ text, args = [], holders = {} }, row) => {
      if (!this.#functionIds.has(text)) {
        this.#functionIds.set(text, this.#functionIds.size);
        functions.push(functionPart(this.#functionIds.get(text) as number, text));
      }
      const needed: number[] = [];
      const payload = args.length === 0 ? undefined : encodeArgs(args, needed);
      if (payload !== undefined) {
        blocks.push(payload.body);
        position += payload.body.length;
        if (payload.buffers.length > 0) buffers.push({ row, buffers: payload.buffers });
      }
      argEnds.push(position);
      for (const taskId of needed) {
        dependencyIds.push(taskId);
        holderIds.push(...(holders[taskId] ?? []));
        holderEnds.push(holderIds.length);
      }
      dependencyEnds.push(dependencyIds.length);
    });
    return {
      op: 'compute-tasks',
      functions,
      workers: this.workers.map(({ workerId, registration }) => ({ id: workerId, address: registration.address })),
      taskIds: tasks.map(({ taskId }) => taskId),
      runIds: tasks.map(({ runId }) => runId ?? 1),
      stimulusIds: tasks.map(() => 7),
      functionIds: tasks.map(({ text }) => this.#functionIds.get(text) as number),
      priorities: tasks.map(() => 0),
      generations: tasks.map(() => 0),
      orders: tasks.map((_, row) => row),
      flags: tasks.map(({ flags }) => flags ?? 0),
      timeoutsMs: tasks.map(({ timeoutMs }) => timeoutMs ?? 0),
      keys: textColumn(tasks.map(({ taskId }) => `task-${String(taskId)}`)),
      args: { block: new Uint8Array(Buffer.concat(blocks)), ends: argEnds, buffers },
      resources: null,
      dependencies: {
        ends: dependencyEnds,
        ids: dependencyIds,
        sizes: dependencyIds.map(() => 8),
        holders: { ends: holderEnds, ids: holderIds },
      },
      units: [],
      spans: null,
    };
  }

  #accept(link: Link): ReturnType<ConstructorParameters<typeof RpcServer>[1]['accept']> {
    let worker: JoinedWorker | undefined;
    let inventory: MessageWith<'worker-inventory'> | undefined;
    return {
      onMessage: (message) => {
        if (message.op === 'worker-inventory') inventory = message;
        worker?.messages.push(message);
        this.#wake();
      },
      onRequest: async (message) => {
        if (isMessage(message, 'register-worker')) {
          worker = {
            workerId: this.workers.length,
            registration: message,
            inventory,
            link,
            messages: [],
            isClosed: false,
            unregistered: undefined,
          };
          this.workers.push(worker);
          this.#wake();
          const { workerId } = worker;
          const { heartbeatIntervalMs } = this;
          return {
            op: 'worker-registered',
            schedulerId: this.#instanceId,
            workerId,
            heartbeatIntervalMs,
            now: Date.now() + this.clockAheadMs,
          };
        }
        if (isMessage(message, 'get-upload')) {
          return { op: 'get-upload-reply', files: await this.contentOf(message.hash) };
        }
        if (isMessage(message, 'heartbeat')) {
          this.heartbeats += 1;
          this.#wake();
          return {
            op: 'heartbeat-reply',
            status: this.status,
            intervalMs: this.heartbeatIntervalMs,
            now: Date.now() + this.clockAheadMs,
          };
        }
        if (isMessage(message, 'retire-workers')) return this.onRetire(message.timeoutMs);
        if (isMessage(message, 'unregister-worker')) {
          if (worker !== undefined) worker.unregistered = message.reason;
          return { op: 'worker-unregistered' };
        }
        throw new TypeError(`unexpected ${message.op}`);
      },
      onClosed: () => {
        if (worker !== undefined) worker.isClosed = true;
        this.#wake();
      },
    };
  }

  #wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}

/** A function by its text, for `createTextCodeLoader`. */
export function functionPart(id: number, text: string): FunctionPart {
  return { id, hash: text, name: 'f', payload: { body: new TextEncoder().encode(text), buffers: [] }, units: [] };
}

/** The result of a task that was sent along with the message; `undefined` if it was not. */
export function inlineResult({ taskIds, results }: MessageWith<'tasks-finished'>, taskId: number): unknown {
  const row = Array.from(taskIds).indexOf(taskId);
  if (results === null || row < 0) return undefined;
  const start = row === 0 ? 0 : (results.ends[row - 1] as number);
  const body = results.block.slice(start, results.ends[row]);
  return body.length === 0 ? undefined : decodeValue({ body, buffers: [] });
}

function encodeArgs(args: readonly unknown[], needed: number[]): Payload {
  return encodeValue(args, {
    referenceOf: (value) => {
      if (!(value instanceof Needs)) return undefined;
      if (!needed.includes(value.taskId)) needed.push(value.taskId);
      return needed.indexOf(value.taskId);
    },
  });
}

function isAbout(message: Message, taskId: number): boolean {
  if ('taskId' in message) return message.taskId === taskId;
  return 'taskIds' in message && message.taskIds !== null && Array.from(message.taskIds).includes(taskId);
}
