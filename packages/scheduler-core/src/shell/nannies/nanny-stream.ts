import { formatBytes } from '@grid/common';
import type { Message, MessageWith } from '@grid/protocol';
import type { Link, LinkHandlers } from '@grid/rpc';

import { SchedulerError } from '../../errors.js';
import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';
import type { NannyPeer } from './nanny-registry.js';

/** One nanny's link. Its end says nothing of its worker, which has a line of its own. */
export class NannyStream implements LinkHandlers, NannyPeer {
  readonly link: Link;
  readonly #server: SchedulerContext;
  #name = '';
  #isKnown = false;

  constructor(link: Link, server: SchedulerContext) {
    this.link = link;
    this.#server = server;
  }

  get id(): string {
    return this.link.peer.instanceId;
  }

  get name(): string {
    return this.#name;
  }

  onMessage(message: Message): void {
    if (!this.#isKnown) throw badMessage(message.op);
    if (message.op === 'worker-ending') this.#onEnding(message);
    else if (message.op === 'worker-exited') this.#onExited(message);
    else throw badMessage(message.op);
  }

  async onRequest(message: Message): Promise<Message> {
    if (message.op !== 'register-nanny' || this.#isKnown) throw badMessage(message.op);
    this.#isKnown = true;
    this.#name = message.name;
    this.#server.nannies.add(this);
    return {
      op: 'nanny-registered',
      schedulerId: this.#server.id,
      plugins: this.#server.plugins.registry.of('nanny'),
    };
  }

  onClosed(): void {
    if (this.#isKnown) this.#server.nannies.remove(this);
  }

  async restart(reason: string, timeoutMs: number): Promise<string> {
    const reply = await this.link.request({ op: 'restart-worker', reason }, { timeoutMs });
    return reply.workerInstanceId;
  }

  #onEnding({ pid, cause, memory }: MessageWith<'worker-ending'>): void {
    const worker = this.#workerWith(pid)?.record ?? null;
    if (worker === null) return;
    const { name, address } = worker.about;
    this.#server.logger.warn({ worker: name, address, cause, memory: formatBytes(memory) }, 'a nanny kills its worker');
    // Nothing more for it.
    this.#server.stimulate({ op: 'worker-status', worker, status: 'paused' });
  }

  #onExited({ op: _op, pid, ...exit }: MessageWith<'worker-exited'>): void {
    this.#server.nannies.tell(this, pid, exit);
    const stream = this.#workerWith(pid);
    if (stream === null) return;
    // Its line is about to break, if it has not done so; to wait for that would not make it truer.
    stream.leave(`its process has ended (${exit.cause})`, false, exit);
    stream.link.abort('the process at its other end is gone');
  }

  #workerWith(pid: number): WorkerPeer | null {
    for (const stream of this.#server.workerPeers) {
      if (stream.about.nanny === this.id && stream.about.pid === pid) return stream;
    }
    return null;
  }
}

function badMessage(op: string): SchedulerError {
  return new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', `a nanny does not send '${op}' like this`, {
    details: { op },
  });
}
