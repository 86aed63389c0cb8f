import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** What a program has to know to reach the cluster. */
export interface ClusterPlace {
  readonly address: string;
  readonly token: string;
  readonly worker: string;
  readonly relay: string;
}

const START_TIMEOUT_MS = 30_000;

/** A cluster whose scheduler and workers all run in one version of Node. */
export class Cluster implements AsyncDisposable {
  readonly place: ClusterPlace;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;

  private constructor(process: ChildProcessByStdio<Writable, Readable, null>, place: ClusterPlace) {
    this.#process = process;
    this.place = place;
  }

  /** @param node - The program `node` to run it with. */
  static async start(node: string): Promise<Cluster> {
    const main = fileURLToPath(new URL('cluster-main.mjs', import.meta.url));
    const { NODE_OPTIONS: _ours, ...env } = process.env;
    const child = spawn(node, [main], { stdio: ['pipe', 'pipe', 'inherit'], env });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line', {
      signal: AbortSignal.timeout(START_TIMEOUT_MS),
    })) as [string];
    return new Cluster(child, JSON.parse(line) as ClusterPlace);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.stdin.end();
    await ended;
  }
}
