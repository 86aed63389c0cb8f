import type * as ClientLibrary from '@grid/client';
import type * as ProtocolLibrary from '@grid/protocol';

/** What a set-up is told: plain data, since it travels to a task that runs cases itself. */
export interface Connection {
  /** Which set-up this is. */
  readonly setup: string;
  readonly address: string;
  readonly token: string;
  /** The worker that runs what the cases submit. */
  readonly worker: string;
  /** The worker for tasks that run cases themselves. */
  readonly relay: string;
  /** Folder of the program, on which its files and its own packages lie. */
  readonly folder: string;
  /** How file names end in stacks: those of the sources, where there are maps to them. */
  readonly ending: string;
}

/** The library, as the program has loaded it. */
export interface Library {
  readonly client: typeof ClientLibrary;
  readonly protocol: typeof ProtocolLibrary;
}

/** What cases work with. */
export interface World {
  readonly lib: Library;
  readonly client: ClientLibrary.Client;
  readonly connection: Connection;
  /** Submits a function and waits for what comes of it. */
  call(fn: unknown, ...args: readonly unknown[]): Promise<unknown>;
}

/** Connects to the cluster. */
export async function openWorld(lib: Library, connection: Connection): Promise<World> {
  const { address, token, worker } = connection;
  // Some tasks return functions, which are of code that no client has sent.
  const client = await lib.client.Client.connect(address, { token, trustWorkers: true });
  return {
    lib,
    client,
    connection,
    async call(fn, ...args) {
      // Not pure: all set-ups use one cluster, and each has to run its own.
      using future = client.submit(fn as () => unknown, args as [], { workers: worker, pure: false });
      return await future.result({ timeout: '30s' });
    },
  };
}
