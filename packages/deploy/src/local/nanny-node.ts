import type { Nanny, RunningWorker } from '@grid/nanny';
import type { Preloads } from '@grid/plugins';

import type { ClusterNode } from './node-launcher.js';

/** What such a worker is made of. */
export interface NannyNodeParts {
  readonly nanny: Nanny;
  /** What was loaded for the nanny. */
  readonly preloads: Preloads<Nanny>;
  /** The worker's first life. */
  readonly first: RunningWorker;
}

/** A worker that its nanny keeps alive: one place in the cluster, and one process after the other. */
export class NannyNode implements ClusterNode {
  readonly name: string;
  readonly exited: Promise<string>;
  readonly #nanny: Nanny;
  readonly #preloads: Preloads<Nanny>;
  readonly #first: RunningWorker;

  constructor(name: string, { nanny, preloads, first }: NannyNodeParts) {
    this.name = name;
    this.#nanny = nanny;
    this.#preloads = preloads;
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

  async stop(): Promise<void> {
    await this.#nanny.close();
    await this.#preloads.teardown(this.#nanny);
  }

  #current(): RunningWorker {
    return this.#nanny.worker ?? this.#first;
  }
}
