import { messageOf, type Address, type Logger } from '@grid/common';
import type { MessageWith } from '@grid/protocol';
import type { ConnectionPool, Link } from '@grid/rpc';

/** Milliseconds for one of them to be with the scheduler and all workers that are there. */
const TIMEOUT_MS = 300_000;

type UploadMessage = MessageWith<'upload'>;
type PluginMessage = MessageWith<'register-plugin'>;

/** How a scheduler that has just been found is spoken to. */
export interface NewScheduler {
  readonly link: Link;
  readonly pool: ConnectionPool;
  readonly address: Address;
}

/**
 * What this client has put into the cluster besides tasks: uploads and plugins. Workers that are there have them; a scheduler
 * that takes the place of another one does not, and so neither would workers that come later.
 */
export class ClusterSetup {
  readonly #logger: Logger;
  readonly #uploads = new Map<string, UploadMessage>();
  readonly #plugins = new Map<string, PluginMessage>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  noteUpload(message: UploadMessage): void {
    this.#uploads.set(message.name, message);
  }

  forgetUpload(name: string): void {
    this.#uploads.delete(name);
  }

  notePlugin(message: PluginMessage): void {
    const place = placeOf(message.kind, message.plugin.name);
    // The one that came last is set up last.
    this.#plugins.delete(place);
    this.#plugins.set(place, message);
  }

  forgetPlugin(kind: PluginMessage['kind'], name: string): void {
    this.#plugins.delete(placeOf(kind, name));
  }

  /**
   * Gives all of it to another scheduler. Settles when uploads are there, which tasks need; plugins are on their way then,
   * ahead of all that is said on the same line. A plugin that is there under the same name stays: somebody else came first.
   * What does not work is logged.
   */
  async restore({ link, pool, address }: NewScheduler): Promise<void> {
    const limits = { timeoutMs: TIMEOUT_MS };
    for (const message of this.#uploads.values()) {
      await this.#report('an upload', message.name, async () => {
        const { problems } = await pool.request(address, message, limits);
        return problems.map(({ worker, problem }) => `${worker}: ${problem}`);
      });
    }
    for (const message of this.#plugins.values()) {
      void this.#report('a plugin', message.plugin.name, async () => {
        const { problems } = await link.request({ ...message, idempotent: true }, limits);
        return problems.map(({ where, failure }) => `${where}: ${failure.message}`);
      });
    }
  }

  async #report(what: string, name: string, give: () => Promise<readonly string[]>): Promise<void> {
    const problems = await give().catch((error: unknown) => [messageOf(error)]);
    if (problems.length > 0) this.#logger.warn({ name, problems }, `${what} was not set up again everywhere`);
  }
}

function placeOf(kind: string, name: string): string {
  return `${kind} ${name}`;
}
