import { messageOf } from '@grid/common';
import {
  decodeValue,
  encodeValue,
  ValueDecoder,
  type CallableValue,
  type CodeEncoder,
  type Facts,
  type FunctionPayload,
  type Payload,
} from '@grid/protocol';

import { PluginsError } from '../errors.js';
import { pluginFailure } from '../plugin-part.js';
import { PluginTable, type PluginCode } from '../plugin-table.js';
import type { FromPluginThread, Note, PluginLog, PluginThreadSetup, ToPluginThread } from './plugin-messages.js';

/** What a loop needs of the thread that it runs in. */
export interface PluginLoopParts {
  readonly code: PluginCode;
  readonly encoder?: CodeEncoder;
  /** Restores a function that is to be run here. */
  readonly load?: (fn: FunctionPayload) => Promise<CallableValue>;
  post(message: FromPluginThread): void;
}

/** The thread's half of a host: it does what the host asks for, and tells plugins what the host tells it. */
export class PluginLoop {
  readonly #parts: PluginLoopParts;
  readonly #table: PluginTable;
  readonly #env: Record<string, string> | null;
  readonly #context: object;

  constructor(setup: PluginThreadSetup, parts: PluginLoopParts) {
    this.#parts = parts;
    this.#env = setup.env === null ? null : { ...setup.env };
    this.#context = this.#createContext(setup);
    this.#table = new PluginTable(parts.code, setup.life, (name, hook, error) => {
      this.#log('warn', `plugin '${name}' failed in ${hook}: ${messageOf(error)}`, name);
    });
  }

  receive(message: ToPluginThread): void {
    switch (message.kind) {
      case 'add':
        void this.#answer(message.call, () => this.#table.add(message.part, this.#context));
        return;
      case 'drop':
        void this.#answer(message.call, () => this.#table.drop(message.name, this.#context));
        return;
      case 'close':
        void this.#answer(message.call, () => this.#table.close(this.#context));
        return;
      case 'run':
        void this.#run(message.call, message.fn, message.args);
        return;
      case 'notes':
        for (const note of message.notes) this.#tell(note);
        this.#parts.post({ kind: 'taken', count: message.notes.length });
        return;
    }
  }

  async #answer(call: number, work: () => Promise<boolean | void>): Promise<void> {
    try {
      const found = (await work()) !== false;
      this.#parts.post({ kind: 'answer', call, found, failure: null, value: null, env: this.#env });
    } catch (error) {
      this.#fail(call, error);
    }
  }

  async #run(call: number, fn: FunctionPayload, args: Payload): Promise<void> {
    const { code, encoder, load } = this.#parts;
    try {
      if (load === undefined) throw new PluginsError('GRID_PLUGINS_UNKNOWN', 'this process runs plugins alone');
      const callable = (await load(fn)) as (...values: unknown[]) => unknown;
      await code.prepare(args);
      const values =
        args.body.length === 0 ? [] : (new ValueDecoder().decode(args, { code: code.decoder }) as unknown[]);
      const result = await callable(...values);
      const value = encodeValue(result, { rootName: 'result', ...(encoder !== undefined && { code: encoder }) });
      this.#parts.post({ kind: 'answer', call, found: true, failure: null, value, env: this.#env });
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #fail(call: number, error: unknown): void {
    const failure = pluginFailure(error, this.#parts.encoder);
    this.#parts.post({ kind: 'answer', call, found: true, failure, value: null, env: this.#env });
  }

  #tell([hook, args, encoded]: Note): void {
    if (encoded === undefined) {
      this.#table.tell(hook, args);
      return;
    }
    const { code } = this.#parts;
    // The host has made it; what is in it only user code knows.
    const payload = args[encoded] as Payload;
    code.prepare(payload).then(
      () => this.#table.tell(hook, args.with(encoded, decodeValue(payload, { code: code.decoder }))),
      (error: unknown) => this.#log('warn', `what was told at a topic cannot be opened here: ${messageOf(error)}`, ''),
    );
  }

  #log(level: PluginLog['level'], text: string, plugin: string): void {
    this.#parts.post({ kind: 'log', level, text, plugin });
  }

  /** What plugins are set up with. */
  #createContext({ about, env }: PluginThreadSetup): object {
    return {
      ...about,
      ...(env !== null && { env: this.#env }),
      log: (text: string, level: PluginLog['level'] = 'info') => this.#log(level, String(text), ''),
      logEvent: (topic: string, facts: Facts) => this.#parts.post({ kind: 'event', topic: String(topic), facts }),
    };
  }
}
