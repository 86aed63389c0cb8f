import type { MessageWith } from '@grid/protocol';
import type { Link } from '@grid/rpc';

import { WorkerError } from '../errors.js';
import type { ActorAnswers, ActorPort } from '../executor/actors/actor-port.js';

/** Calls that came through the scheduler are on no caller's line. */
const RELAYED_LINE = 0;

/** Calls that one caller may have under way at a time; its own window is far below. */
const CALLS_MAX = 1_000_000;

type Failure = MessageWith<'actors-gone'>['failure'];
type Relayed = MessageWith<'relay-actor-call-reply'>;

/** Hands calls of actors from callers to the threads in which the actors live, and what came of them back. */
export class ActorDesk {
  readonly #actors: ActorPort;
  readonly #lines = new Map<number, Link>();
  readonly #numbers = new Map<Link, number>();
  /** Calls of each line that are not answered. */
  readonly #open = new Map<number, number>();
  readonly #relayed = new Map<number, { readonly actor: number; readonly resolve: (reply: Relayed) => void }>();
  #lastLine = RELAYED_LINE;
  #lastRelayed = 0;

  constructor(actors: ActorPort) {
    this.#actors = actors;
  }

  /** Calls of a caller, in order. A caller that has no end of them under way ends its line. */
  call(link: Link, message: MessageWith<'actor-calls'>): void {
    checkCalls(message);
    const line = this.#lineOf(link);
    const open = (this.#open.get(line) ?? 0) + message.callIds.length;
    if (open > CALLS_MAX) {
      throw new WorkerError(
        'GRID_WORKER_BAD_MESSAGE',
        `a caller has more than ${String(CALLS_MAX)} calls of actors under way`,
      );
    }
    this.#open.set(line, open);
    this.#actors.call(line, message);
  }

  abandon(link: Link, { callIds }: MessageWith<'abandon-actor-calls'>): void {
    const line = this.#numbers.get(link);
    if (line === undefined) return;
    this.#actors.abandon(line, callIds);
  }

  confirm(link: Link, { callIds }: MessageWith<'confirm-actor-results'>): void {
    const line = this.#numbers.get(link);
    if (line !== undefined) this.#actors.confirm(line, callIds);
  }

  /** A line is gone: nobody waits for what was called on it. */
  end(link: Link): void {
    const line = this.#numbers.get(link);
    if (line === undefined) return;
    this.#numbers.delete(link);
    this.#lines.delete(line);
    this.#open.delete(line);
    this.#actors.endLine(line);
  }

  /** One call that came through the scheduler. */
  async relay({ actor, member, isRead, args }: MessageWith<'relay-actor-call'>): Promise<Relayed> {
    const callId = (this.#lastRelayed += 1);
    return new Promise((resolve) => {
      this.#relayed.set(callId, { actor, resolve });
      this.#actors.call(RELAYED_LINE, {
        op: 'actor-calls',
        callIds: [callId],
        actors: [actor],
        members: [0],
        reads: [isRead ? 1 : 0],
        names: [member],
        args: {
          block: args.body,
          ends: [args.body.length],
          buffers: args.buffers.length === 0 ? [] : [{ row: 0, buffers: args.buffers }],
        },
      });
    });
  }

  /** What came of some calls of a line. */
  answer(line: number, answers: ActorAnswers): void {
    if (line === RELAYED_LINE) {
      this.#answerRelayed(answers);
      return;
    }
    const link = this.#lines.get(line);
    if (link === undefined || link.isClosed) return;
    this.#open.set(line, (this.#open.get(line) ?? 0) - answers.callIds.length);
    link.send({ op: 'actor-answers', ...answers });
  }

  /** An actor is gone with its thread: calls of it that are not answered will not be. */
  lose(actorId: number, failure: Failure): void {
    for (const link of this.#lines.values()) {
      if (!link.isClosed) link.send({ op: 'actors-gone', actors: [actorId], failure });
    }
    for (const [callId, { actor, resolve }] of this.#relayed) {
      if (actor !== actorId) continue;
      this.#relayed.delete(callId);
      resolve({ op: 'relay-actor-call-reply', value: null, failure });
    }
  }

  #answerRelayed({ callIds, results, failures, held }: ActorAnswers): void {
    for (let row = 0; row < callIds.length; row += 1) {
      const callId = callIds[row] as number;
      const relayed = this.#relayed.get(callId);
      this.#relayed.delete(callId);
      const failure = failures.find((entry) => entry.row === row)?.failure ?? null;
      const body = results.block.slice(row === 0 ? 0 : results.ends[row - 1], results.ends[row]);
      const buffers = results.buffers.find((entry) => entry.row === row)?.buffers ?? [];
      relayed?.resolve({ op: 'relay-actor-call-reply', value: failure === null ? { body, buffers } : null, failure });
    }
    if (held.length > 0) this.#actors.confirm(RELAYED_LINE, held);
  }

  #lineOf(link: Link): number {
    const known = this.#numbers.get(link);
    if (known !== undefined) return known;
    const line = (this.#lastLine += 1);
    this.#numbers.set(link, line);
    this.#lines.set(line, link);
    return line;
  }
}

/** @throws {@link WorkerError} `GRID_WORKER_BAD_MESSAGE` if the columns do not fit together */
function checkCalls({ callIds, actors, members, reads, names, args }: MessageWith<'actor-calls'>): void {
  const rows = callIds.length;
  const isEven = [actors, members, reads, args.ends].every(({ length }) => length === rows);
  let before = 0;
  let isRising = true;
  for (let row = 0; row < args.ends.length; row += 1) {
    const end = args.ends[row] as number;
    if (end < before) isRising = false;
    before = end;
  }
  const isNamed = Array.from(members).every((member) => member < names.length);
  if (isEven && isRising && before <= args.block.length && isNamed) return;
  throw new WorkerError('GRID_WORKER_BAD_MESSAGE', "the columns of 'actor-calls' do not fit together");
}
