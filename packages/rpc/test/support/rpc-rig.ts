import { asAddress, type Address } from '@grid/common';
import { connect, InprocTransport, TcpTransport, Transports, type Comm } from '@grid/comm';
import { MessageCodec, type Message } from '@grid/protocol';
import { connectLink, type ConnectLinkParts } from '../../src/connect-link.js';
import type { LocalIdentity, Role } from '../../src/identity.js';
import type { Link } from '../../src/link/link.js';
import { RpcServer, type RpcServerOptions } from '../../src/server/rpc-server.js';
import { RecordedHandlers } from './recorded-handlers.js';
import { RecordedLogger } from './recorded-logger.js';

export const TOKEN = 'token-of-the-cluster-0123456789';

export function identity(role: Role, instanceId = `${role}-1`): LocalIdentity {
  return { role, instanceId, about: { version: '1' } };
}

/** One server and whatever dials it, with all that must be closed afterwards. */
export class RpcRig {
  readonly transports: Transports;
  readonly logger = new RecordedLogger();
  readonly handlers: RecordedHandlers[] = [];
  readonly accepted: Link[] = [];
  readonly #opened: { abort(reason: unknown): void }[] = [];
  readonly #servers: RpcServer[] = [];

  constructor(readonly scheme: 'tcp' | 'inproc') {
    this.transports = new Transports([scheme === 'tcp' ? new TcpTransport() : new InprocTransport()]);
  }

  get anyAddress(): Address {
    return asAddress(this.scheme === 'tcp' ? 'tcp://127.0.0.1:0' : 'inproc://');
  }

  server(
    options: Partial<RpcServerOptions> = {},
    accept: (link: Link) => RecordedHandlers = () => new RecordedHandlers(),
  ): RpcServer {
    const server = new RpcServer(
      { token: TOKEN, local: identity('scheduler'), ...options },
      {
        transports: this.transports,
        logger: this.logger,
        accept: (link) => {
          const handlers = accept(link);
          this.accepted.push(link);
          this.handlers.push(handlers);
          return handlers;
        },
      },
    );
    this.#servers.push(server);
    return server;
  }

  async dial(address: Address, parts: Partial<ConnectLinkParts> = {}): Promise<Link> {
    const link = await connectLink(address, {
      transports: this.transports,
      local: identity('worker'),
      token: TOKEN,
      handlers: new RecordedHandlers(),
      deadlineMs: 3000,
      logger: this.logger,
      ...parts,
    });
    this.#opened.push(link);
    return link;
  }

  /** A bare line, for those who do not follow the handshake. */
  async dialRaw(address: Address): Promise<RawPeer> {
    const comm = await connect(this.transports, address, { timeoutMs: 3000 });
    this.#opened.push(comm);
    return new RawPeer(comm);
  }

  /** Listens for bare lines: a listener that does not follow the handshake. */
  async listenRaw(onPeer: (peer: RawPeer) => void): Promise<Address> {
    const listener = await this.transports.for(this.anyAddress).listen(this.anyAddress, (comm) => {
      this.#opened.push(comm);
      onPeer(new RawPeer(comm));
    });
    this.#opened.push({ abort: () => void listener.close() });
    return listener.contactAddress;
  }

  async close(): Promise<void> {
    for (const one of this.#opened) one.abort('the test is over');
    await Promise.all(this.#servers.map((server) => server.close()));
  }
}

/** Speaks message by message. */
export class RawPeer {
  readonly #codec = new MessageCodec();
  readonly #received: AsyncIterator<readonly Uint8Array[]>;

  constructor(readonly comm: Comm) {
    this.#received = comm[Symbol.asyncIterator]();
  }

  async send(message: Message): Promise<void> {
    await this.comm.send(this.#codec.encode([{ message, requestId: 0 }]));
  }

  /** The next message; `undefined` when the other end closed or broke the line. */
  async receive(): Promise<Message | undefined> {
    try {
      const next = await this.#received.next();
      return next.done === true ? undefined : this.#codec.decode(next.value)[0]?.message;
    } catch {
      return undefined;
    }
  }
}
