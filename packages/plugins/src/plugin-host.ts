import { createDeferred, deadlineSignal, messageOf, raceAbort, type Deferred, type Logger } from '@grid/common';
import type { Facts, FunctionPayload, Payload } from '@grid/protocol';

import type { BuiltIns, BuiltInPlugin } from './built-in.js';
import { PluginsError } from './errors.js';
import { pluginFailure, type PluginFailure, type PluginPart } from './plugin-part.js';
import type {
  FromPluginThread,
  Note,
  PluginAnswer,
  PluginThreadSetup,
  ToPluginThread,
} from './thread/plugin-messages.js';
import type { PluginThread, StartPluginThread } from './thread/start-plugin-thread.js';

/** A plugin may take so long to be set up or torn down, in milliseconds. */
const STEP_TIMEOUT_MS = 300_000;

/** All plugins together may take so long to be torn down when their host closes, in milliseconds. */
const CLOSE_TIMEOUT_MS = 5000;

/** Plugins that are behind by so many notes are told of no more until they have caught up. */
const NOTES_MAX = 100_000;

/** What a host works with. */
export interface PluginHostParts {
  readonly logger: Logger;
  readonly startThread: StartPluginThread;
  /** Plugins that every process of this kind has; they run on the loop of the host. */
  readonly builtIns?: BuiltIns;
  /** A plugin tells something at a topic. */
  onEvent?(topic: string, facts: Facts): void;
  /** A plugin was set up or torn down, and has left the environment like this. */
  onEnvironment?(env: Readonly<Record<string, string>>): void;
}

/** What the thread is told when it starts, asked for then. */
export type DescribeOwner = () => PluginThreadSetup;

/**
 * The plugins of one process. Code of users runs in a thread of its own, which is started for the first of them and told of
 * things in batches: whatever it does, it keeps nobody waiting who did not ask.
 */
export class PluginHost {
  readonly #parts: PluginHostParts;
  readonly #describe: DescribeOwner;
  readonly #hooks = new Map<string, readonly string[]>();
  readonly #builtIns = new Map<string, BuiltInPlugin>();
  /** Which registration those that are set up are of, by name. */
  readonly #ids = new Map<string, string>();
  readonly #pending = new Map<number, Deferred<PluginAnswer>>();
  #thread: PluginThread | null = null;
  #lastCall = 0;
  #notes: Note[] = [];
  #isFlushDue = false;
  /** Notes that the thread has been sent and has not taken. */
  #underWay = 0;
  #missed = 0;
  #closing: Promise<void> | undefined;

  constructor(describe: DescribeOwner, parts: PluginHostParts) {
    this.#describe = describe;
    this.#parts = parts;
  }

  /** Whether a plugin wants to be told of this. Cheap where there is no plugin. */
  wants(hook: string): boolean {
    if (this.#hooks.size === 0) return false;
    for (const hooks of this.#hooks.values()) if (hooks.includes(hook)) return true;
    return false;
  }

  /** Whether this very registration is set up: another scheduler may ask for it again. */
  has({ name, id }: PluginPart): boolean {
    return this.#ids.get(name) === id;
  }

  /**
   * Sets a plugin up, in place of one of the same name, unless it is there already. Never rejects: what went wrong is its
   * answer.
   */
  async add(part: PluginPart): Promise<PluginFailure | null> {
    const { name, builtIn, id } = part;
    try {
      this.#assertOpen();
      if (this.has(part)) return null;
      this.#ids.delete(name);
      // One of the other kind may have had this name.
      if ((builtIn === '') === this.#builtIns.has(name)) await this.drop(name);
      if (builtIn !== '') {
        await this.#addBuiltIn(part);
        this.#ids.set(name, id);
        return null;
      }
      const { failure, env } = await this.#ask((call) => ({ kind: 'add', call, part }), `set plugin '${name}' up`);
      if (failure === null) {
        this.#hooks.set(name, part.hooks);
        this.#ids.set(name, id);
      } else this.#hooks.delete(name);
      this.#environmentIs(env);
      return failure;
    } catch (error) {
      return pluginFailure(error);
    }
  }

  /** Tears a plugin down. Never rejects: what went wrong is its answer. */
  async drop(name: string): Promise<PluginFailure | null> {
    try {
      this.#assertOpen();
      const builtIn = this.#builtIns.get(name);
      this.#builtIns.delete(name);
      this.#hooks.delete(name);
      this.#ids.delete(name);
      if (builtIn !== undefined) {
        await builtIn.teardown?.();
        return null;
      }
      if (this.#thread === null) return null;
      const { failure, env } = await this.#ask((call) => ({ kind: 'drop', call, name }), `tear plugin '${name}' down`);
      this.#environmentIs(env);
      return failure;
    } catch (error) {
      return pluginFailure(error);
    }
  }

  /** Runs a function in the thread of the plugins. Never rejects: what it threw, or what went wrong, is its answer. */
  async run(
    fn: FunctionPayload,
    args: Payload,
    timeoutMs: number,
  ): Promise<{ readonly value: Payload | null; readonly failure: PluginFailure | null }> {
    try {
      this.#assertOpen();
      const { value, failure } = await this.#ask(
        (call) => ({ kind: 'run', call, fn, args }),
        `run ${fn.name}`,
        timeoutMs,
      );
      return { value, failure };
    } catch (error) {
      return { value: null, failure: pluginFailure(error) };
    }
  }

  /** Tells plugins of something, at the end of this turn of the event loop. What it takes along is cloned then. */
  tell(hook: string, ...args: readonly unknown[]): void {
    this.#note([hook, args]);
  }

  /** The same where the second of three arguments is an encoded value, which nobody here opens. */
  tellEncoded(hook: string, first: unknown, payload: Payload, last: unknown): void {
    this.#note([hook, [first, payload, last], 1]);
  }

  #note(note: Note): void {
    if (this.#thread === null || this.#closing !== undefined) return;
    if (this.#underWay + this.#notes.length >= NOTES_MAX) {
      this.#missed += 1;
      return;
    }
    if (this.#missed > 0) this.#notes.push(['missed', [this.#missed]]);
    this.#missed = 0;
    this.#notes.push(note);
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setImmediate(() => this.#flush());
  }

  /** Tears all plugins down, and ends their thread. Idempotent, bounded in time, never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#flush();
    const builtIns = [...this.#builtIns.values()];
    this.#builtIns.clear();
    await Promise.allSettled(builtIns.map(async (plugin) => plugin.teardown?.()));
    const thread = this.#thread;
    if (thread === null) return;
    try {
      await this.#ask((call) => ({ kind: 'close', call }), 'tear the plugins down', CLOSE_TIMEOUT_MS);
    } catch (error) {
      this.#parts.logger.warn({ error: messageOf(error) }, 'plugins were not torn down in order');
    }
    this.#thread = null;
    this.#hooks.clear();
    await thread.terminate();
  }

  async #addBuiltIn({ name, builtIn, options, id }: PluginPart): Promise<void> {
    const create = this.#parts.builtIns?.[builtIn];
    if (create === undefined) {
      throw new PluginsError(
        'GRID_PLUGINS_UNKNOWN',
        `plugin '${name}': this process has no plugin '${builtIn}'; it may be of another version`,
        { details: { name, builtIn } },
      );
    }
    await this.#builtIns.get(name)?.teardown?.();
    const plugin = create(options, { id });
    this.#builtIns.set(name, plugin);
    await plugin.setup();
  }

  async #ask(
    message: (call: number) => ToPluginThread,
    what: string,
    timeoutMs: number = STEP_TIMEOUT_MS,
  ): Promise<PluginAnswer> {
    // What happened before is to be heard of before.
    this.#flush();
    this.#thread ??= this.#start();
    const call = (this.#lastCall += 1);
    const answer = createDeferred<PluginAnswer>();
    this.#pending.set(call, answer);
    using deadline = deadlineSignal(timeoutMs, `to ${what}`);
    this.#thread.post(message(call));
    try {
      return await raceAbort(answer.promise, deadline.signal);
    } finally {
      this.#pending.delete(call);
    }
  }

  #start(): PluginThread {
    const thread = this.#parts.startThread(this.#describe(), {
      onMessage: (message) => this.#onMessage(message),
      onEnd: (error) => {
        if (this.#thread === thread) this.#onThreadLost(error);
      },
    });
    return thread;
  }

  #onMessage(message: FromPluginThread): void {
    switch (message.kind) {
      case 'answer':
        this.#pending.get(message.call)?.resolve(message);
        return;
      case 'taken':
        this.#underWay -= message.count;
        return;
      case 'log':
        this.#parts.logger[message.level]({ plugin: message.plugin }, message.text);
        return;
      case 'event':
        this.#parts.onEvent?.(message.topic, message.facts);
        return;
    }
  }

  #onThreadLost(error: unknown): void {
    const plugins = [...this.#hooks.keys()];
    const why = error === undefined ? 'it ended' : messageOf(error);
    this.#parts.logger.error({ plugins, why }, 'the thread of the plugins is lost; register them again');
    this.#thread = null;
    this.#hooks.clear();
    for (const name of this.#ids.keys()) if (!this.#builtIns.has(name)) this.#ids.delete(name);
    this.#notes = [];
    this.#underWay = 0;
    const lost = new PluginsError('GRID_PLUGINS_THREAD_LOST', `the thread of the plugins is lost: ${why}`, {
      details: { plugins },
    });
    for (const answer of this.#pending.values()) answer.reject(lost);
  }

  #flush(): void {
    this.#isFlushDue = false;
    const notes = this.#notes;
    if (notes.length === 0 || this.#thread === null) return;
    this.#notes = [];
    this.#underWay += notes.length;
    this.#thread.post({ kind: 'notes', notes });
  }

  #environmentIs(env: PluginAnswer['env']): void {
    if (env !== null) this.#parts.onEnvironment?.(env);
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new PluginsError('GRID_PLUGINS_CLOSED', 'this process is closing, and takes no plugins any more');
  }
}
