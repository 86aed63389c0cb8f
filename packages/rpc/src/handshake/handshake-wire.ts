import { raceAbort } from '@grid/common';
import type { Comm, Frames } from '@grid/comm';
import { UNTRUSTED_LIMITS, type Message, type MessageCodec, type MessageWith, type Op } from '@grid/protocol';
import { RpcError } from '../errors.js';

/** One message at a time over a comm whose peer is still a stranger. */
export class HandshakeWire {
  readonly comm: Comm;
  /** What the link that follows reads on. */
  readonly received: AsyncIterator<Frames>;
  readonly #codec: MessageCodec;
  readonly #signal: AbortSignal;

  /** @param signal - The deadline of the whole handshake. */
  constructor(comm: Comm, codec: MessageCodec, signal: AbortSignal) {
    this.comm = comm;
    this.received = comm[Symbol.asyncIterator]();
    this.#codec = codec;
    this.#signal = signal;
  }

  async send(message: Message): Promise<void> {
    await raceAbort(this.comm.send(this.#codec.encode([{ message, requestId: 0 }])), this.#signal);
  }

  /** The next message, which has to be one of these. */
  async receive<Word extends Op>(...words: readonly Word[]): Promise<MessageWith<Word>> {
    const next = await raceAbort(this.received.next(), this.#signal);
    if (next.done === true) {
      throw new RpcError('GRID_RPC_CLOSED', `${this.comm.peerAddress} closed the line during the handshake`, {
        details: { peer: this.comm.peerAddress },
      });
    }
    const envelopes = this.#codec.decode(next.value, UNTRUSTED_LIMITS);
    const [envelope] = envelopes;
    if (envelopes.length !== 1 || envelope?.requestId !== 0 || !words.includes(envelope.message.op as Word)) {
      throw badHandshake(this.comm, `sent '${envelope?.message.op ?? 'nothing'}' where ${words.join(' or ')} was due`);
    }
    // Its word is one of `words`, which has just been looked at.
    return envelope.message as MessageWith<Word>;
  }
}

/** The peer does not follow the handshake. */
export function badHandshake(comm: Comm, problem: string): RpcError {
  return new RpcError('GRID_RPC_BAD_PEER', `${comm.peerAddress} ${problem}`, { details: { peer: comm.peerAddress } });
}
