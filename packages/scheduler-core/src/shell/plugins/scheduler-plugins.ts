import { messageOf, type Logger } from '@grid/common';
import { PluginHost, type PluginFailure, type PluginPart, type StartPluginThread } from '@grid/plugins';
import type { Fact, Facts, Payload } from '@grid/protocol';

import type { SchedulerState } from '../../core/scheduler-state.js';
import { SchedulerError } from '../../errors.js';
import { CLUSTER_TOPICS } from '../events/cluster-events.js';
import { PluginRegistry } from './plugin-registry.js';

/** What the scheduler's plugins are told of that is an event of the cluster as well: the hook, and which fact names whom. */
const EVENT_HOOKS: Readonly<Record<string, readonly [hook: string, subject: string]>> = {
  'add-worker': ['addWorker', 'worker'],
  'remove-worker': ['removeWorker', 'worker'],
  'add-client': ['addClient', 'client'],
  'remove-client': ['removeClient', 'client'],
  restart: ['restart', 'client'],
};

export interface SchedulerPluginsParts {
  readonly logger: Logger;
  readonly startThread: StartPluginThread;
  /** Whether clients may have code of theirs run here, in a thread beside the scheduler. */
  readonly isAllowed: boolean;
  describe(): Facts;
  onEvent(topic: string, facts: Facts): void;
}

/**
 * The plugins that clients have registered, and those among them that are the scheduler's own. Those run in a thread of their
 * own and hear of things a moment later: nothing that they do has an effect on what the scheduler decides, or on when.
 */
export class SchedulerPlugins {
  readonly registry = new PluginRegistry();
  readonly #parts: SchedulerPluginsParts;
  readonly #state: SchedulerState;
  readonly #host: PluginHost;
  #followsTransitions = false;
  #followsEvents = false;
  /** Up to where the story has been told. */
  #toldUpTo = 0;

  constructor(state: SchedulerState, parts: SchedulerPluginsParts) {
    this.#parts = parts;
    this.#state = state;
    const { logger, startThread } = parts;
    this.#host = new PluginHost(
      () => ({
        root: process.cwd(),
        owner: 'the scheduler',
        life: { begin: 'start', end: 'close' },
        about: parts.describe(),
        env: null,
      }),
      { logger, startThread, onEvent: (topic, facts) => parts.onEvent(topic, facts) },
    );
  }

  /** Whether a plugin of the scheduler wants to be told of this. */
  wants(hook: string): boolean {
    return this.#host.wants(hook);
  }

  /**
   * Sets up a plugin of the scheduler's own. What goes wrong in it is the answer.
   *
   * @throws {@link SchedulerError} `GRID_SCHEDULER_PLUGINS_REFUSED`
   */
  async add(part: PluginPart): Promise<PluginFailure | null> {
    if (!this.#parts.isAllowed) throw refused(part.name);
    const failure = await this.#host.add(part);
    this.#look();
    return failure;
  }

  async drop(name: string): Promise<PluginFailure | null> {
    const failure = await this.#host.drop(name);
    this.#look();
    return failure;
  }

  close(): Promise<void> {
    return this.#host.close();
  }

  /** After each stimulus: what it has done to tasks. One look at a flag, unless a plugin follows that. */
  afterStimulus(): void {
    if (!this.#followsTransitions) return;
    const { story } = this.#state;
    for (const { key, from, to, stimulusId, at } of story.since(this.#toldUpTo)) {
      this.#host.tell('transition', key, from, to, { stimulusId, at });
    }
    this.#toldUpTo = story.position;
  }

  /** The cluster has told something of itself. */
  onEvent(topics: readonly string[], at: number, action: string, facts: Facts): void {
    if (!this.#followsEvents) return;
    if (topics.includes(CLUSTER_TOPICS.all)) {
      const [hook, subject] = EVENT_HOOKS[action] ?? [];
      if (hook !== undefined && subject !== undefined) this.#host.tell(hook, facts[subject] ?? '', facts);
    }
    if (!this.#host.wants('logEvent')) return;
    const event: Record<string, Fact | undefined> = { action, ...facts };
    for (const topic of topics) this.#host.tell('logEvent', topic, event, at);
  }

  /** A client or task has told something at a topic. */
  onPublished(topic: string, at: number, payload: Payload): void {
    if (this.#followsEvents && this.#host.wants('logEvent')) this.#host.tellEncoded('logEvent', topic, payload, at);
  }

  /** A client has submitted tasks, and noted something about them. `keys` is called if somebody wants to know them. */
  onGraph(
    client: string,
    graph: { readonly count: number; readonly custom: Facts | null },
    keys: () => readonly string[],
  ): void {
    if (!this.#host.wants('updateGraph')) return;
    this.#host.tell('updateGraph', { client, count: graph.count, keys: keys(), custom: graph.custom ?? {} });
  }

  #look(): void {
    const follows = this.#host.wants('transition');
    if (follows && !this.#followsTransitions) this.#toldUpTo = this.#state.story.position;
    this.#followsTransitions = follows;
    this.#followsEvents =
      this.#host.wants('logEvent') || Object.values(EVENT_HOOKS).some(([hook]) => this.#host.wants(hook));
  }
}

/** A plugin of the scheduler tells something; what cannot be told is its own fault. */
export function tellForPlugin(tell: () => void, logger: Logger): void {
  try {
    tell();
  } catch (error) {
    logger.warn({ error: messageOf(error) }, 'what a plugin of the scheduler had to tell cannot be told');
  }
}

function refused(name: string): SchedulerError {
  return new SchedulerError(
    'GRID_SCHEDULER_PLUGINS_REFUSED',
    `this scheduler runs no code of clients, so not plugin '${name}' either: start it with --allow-plugins, or have it ` +
      'load the plugin itself with --preload',
    { details: { name } },
  );
}
