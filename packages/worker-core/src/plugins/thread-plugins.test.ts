import type { PluginPart } from '@grid/plugins';
import { describe, expect, it } from '@jest/globals';

import type { StartThread, ThreadLink, ThreadLinkEvents } from '../executor/thread-link.js';
import type { PluginMessage, ThreadSetup, ToThread } from '../executor/thread-messages.js';
import { ThreadPlugins } from './thread-plugins.js';

class FakeThread {
  readonly heard: ToThread[] = [];

  constructor(
    readonly setup: ThreadSetup,
    readonly events: ThreadLinkEvents,
  ) {}

  /** Answers what it was asked last. */
  answer(message: string | null = null): void {
    const { call } = this.heard.at(-1) as PluginMessage;
    const error = { body: new Uint8Array(0), buffers: [] };
    const failure = message === null ? null : { error, name: 'RangeError', message, stack: '' };
    this.events.onMessage({ kind: 'plugin-done', call, failure });
  }
}

function part(name: string): PluginPart {
  return { name, id: name, code: null, builtIn: '', options: {}, per: 'thread', hooks: [], restarts: false };
}

function start(plugins: ThreadPlugins): { readonly thread: FakeThread; readonly link: ThreadLink; ended: boolean } {
  let thread: FakeThread | undefined;
  const startThread: StartThread = (setup, events) => {
    const own = (thread = new FakeThread(setup, events));
    return { post: (message) => void own.heard.push(message), terminate: async () => {} };
  };
  const started = {
    thread: undefined as unknown as FakeThread,
    link: undefined as unknown as ThreadLink,
    ended: false,
  };
  const onEnd = (): void => {
    started.ended = true;
  };
  const link = plugins.starting(startThread)({} as ThreadSetup, { onMessage: () => {}, onEnd });
  return Object.assign(started, { thread: thread as unknown as FakeThread, link });
}

describe('plugins of threads', () => {
  it('are told to threads as they start, and to those that are there', async () => {
    const plugins = new ThreadPlugins();
    const { thread } = start(plugins);
    const adding = plugins.add(part('a'));
    thread.answer();
    expect(await adding).toBeNull();
    expect(start(plugins).thread.setup.plugins).toEqual([part('a')]);
  });

  it('are set up when the last thread has answered; a failure of any is the answer', async () => {
    const plugins = new ThreadPlugins();
    const threads = [start(plugins), start(plugins)];
    const adding = plugins.add(part('a'));
    threads[0]?.thread.answer('oh');
    threads[1]?.thread.answer();
    expect(await adding).toMatchObject({ message: 'oh' });
  });

  it.each(['ends', 'is ended'])('do not wait for a thread that %s', async (how) => {
    const plugins = new ThreadPlugins();
    const { thread, link } = start(plugins);
    const adding = plugins.add(part('a'));
    if (how === 'ends') thread.events.onEnd(undefined);
    else await link.terminate();
    expect(await adding).toBeNull();
    expect(await plugins.drop('a')).toBeNull();
  });

  it('are torn down when all is closed, unless there are none', async () => {
    const plugins = new ThreadPlugins();
    const { thread } = start(plugins);
    await plugins.close();
    expect(thread.heard).toEqual([]);
    const adding = plugins.add(part('a'));
    thread.answer();
    await adding;
    const closing = plugins.close();
    expect(thread.heard.at(-1)).toMatchObject({ kind: 'plugin', name: null, part: null });
    thread.answer();
    await closing;
    expect(await plugins.drop('a')).toBeNull();
  });
});
