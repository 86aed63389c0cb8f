import type { Nanny, RunningWorker } from '@grid/nanny';

import type { ClusterNode } from './node-launcher.js';

/** A worker that its nanny keeps alive: one place in the cluster, and one process after the other. */
export class NannyNode implements ClusterNode {
  readonly name: string;
  readonly exited: Promise<string>;
  readonly #nanny: Nanny;
  readonly #first: RunningWorker;

  constructor(name: string, nanny: Nanny, first: RunningWorker) {
    this.name = name;
    this.#nanny = nanny;
    this.#first = first;
    this.exited = nanny.closed.then(({ exit: { code, signal } }) => signal ?? `code ${String(code)}`);
  }

  get address(): string {
    return this.#current().address;
  }

  get http(): string | null {
    return this.#current().http;
  }

  get pid(): number {
    return this.#current().pid;
  }

  get log(): readonly string[] {
    return this.#nanny.log;
  }

  stop(): Promise<void> {
    return this.#nanny.close();
  }

  #current(): RunningWorker {
    return this.#nanny.worker ?? this.#first;
  }
}
