import { CommError, type Comm, type Listener } from '@grid/comm';
import { asAddress, type Address } from '@grid/common';

import type { Random } from '../host/random.js';
import type { SimLoop } from '../host/sim-loop.js';
import type { SimProcess } from '../host/sim-process.js';
import type { LineProfile } from './line-profile.js';
import { SimComm } from './sim-comm.js';
import { SimLine } from './sim-line.js';

interface Port {
  readonly process: SimProcess;
  readonly onComm: (comm: Comm) => void;
}

/** The first port that is given to whoever asks for any. */
const FIRST_PORT = 40_000;

/** Who listens where, and all lines between processes. */
export class SimNetwork {
  readonly #loop: SimLoop;
  readonly #random: Random;
  readonly #profileOf: (dialer: SimProcess, listener: SimProcess, random: Random) => LineProfile;
  readonly #ports = new Map<string, Port>();
  /** Addresses of hosts that are gone: whoever dials them hears nothing. */
  readonly #silent = new Set<string>();
  readonly #lines = new Set<SimLine>();
  #nextPort = FIRST_PORT;
  #nextLine = 0;

  constructor(
    loop: SimLoop,
    parts: {
      readonly random: Random;
      readonly profileOf: (dialer: SimProcess, listener: SimProcess, random: Random) => LineProfile;
    },
  ) {
    this.#loop = loop;
    this.#random = parts.random;
    this.#profileOf = parts.profileOf;
  }

  /** Lines that at least one end takes for open. */
  get lines(): readonly SimLine[] {
    for (const line of this.#lines) if (line.isOver) this.#lines.delete(line);
    return [...this.#lines];
  }

  /** Opens a line; the listener hears of it a little later. */
  async connect(dialer: SimProcess, address: Address, signal: AbortSignal): Promise<Comm> {
    signal.throwIfAborted();
    const port = this.#ports.get(address);
    const random = this.#random.fork(this.#nextLine);
    const profile = this.#profileOf(dialer, port?.process ?? dialer, random);
    const ms = profile.latencyMs * 2 + random.between(0, profile.jitterMs);
    await this.#wait(dialer, this.#silent.has(address) ? Infinity : ms, signal);
    const found = this.#ports.get(address);
    if (found === undefined || found.process.isDead) {
      throw new CommError('GRID_COMM_CONNECT_FAILED', `nobody listens on ${address}`, { details: { address } });
    }
    return this.#open(dialer, found, { address, profile, random });
  }

  /** Accepts lines at an address; port 0 for any that is free. */
  listen(process: SimProcess, address: Address, onComm: (comm: Comm) => void): Listener {
    const bound = address.endsWith(':0') ? this.#freeAddress(address) : address;
    const taken = this.#ports.get(bound);
    if (taken !== undefined && !taken.process.isDead) {
      throw new CommError('GRID_COMM_ADDRESS_IN_USE', `${bound} is taken`, { details: { address } });
    }
    const port: Port = { process, onComm };
    this.#ports.set(bound, port);
    this.#silent.delete(bound);
    const close = async (): Promise<void> => {
      if (this.#ports.get(bound) === port) this.#ports.delete(bound);
    };
    return { listenAddress: bound, contactAddress: bound, close, [Symbol.asyncDispose]: close };
  }

  /** A process has ended; with its host, if that is gone too, nobody is told. */
  lose(process: SimProcess, isHostGone: boolean): void {
    for (const [address, port] of this.#ports) {
      if (port.process !== process) continue;
      this.#ports.delete(address);
      if (isHostGone) this.#silent.add(address);
    }
    for (const line of this.#lines) {
      for (const end of line.ends) if (end.process === process) line.lose(end, isHostGone);
    }
  }

  #open(
    dialer: SimProcess,
    port: Port,
    { address, profile, random }: { readonly address: Address; readonly profile: LineProfile; readonly random: Random },
  ): Comm {
    const line = new SimLine(this.#nextLine, profile, { loop: this.#loop, random });
    this.#nextLine += 1;
    const local = this.#freeAddress(address);
    const dialed = new SimComm(line, dialer, { local, peer: address });
    const accepted = new SimComm(line, port.process, { local: address, peer: local });
    dialed.join(accepted);
    accepted.join(dialed);
    line.attach(dialed);
    line.attach(accepted);
    this.#lines.add(line);
    this.#loop.after(port.process, 0, 'accept', () => port.onComm(accepted));
    return dialed;
  }

  #wait(process: SimProcess, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      if (ms === Infinity) return;
      this.#loop.after(process, ms, 'connect', () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
    });
  }

  #freeAddress(near: string): Address {
    this.#nextPort += 1;
    return asAddress(`${near.slice(0, near.lastIndexOf(':'))}:${String(this.#nextPort)}`);
  }
}
