import type { PluginFailure } from '@grid/plugins';
import type { MessageWith } from '@grid/protocol';
import type { Link } from '@grid/rpc';

import { SchedulerError } from '../../errors.js';
import { givePlugin, takePluginAway } from '../plugins/give-plugin.js';
import type { PluginKind } from '../plugins/plugin-registry.js';
import type { SchedulerContext } from '../scheduler-context.js';

type Problem = MessageWith<'register-plugin-reply'>['problems'][number];

/** Does what a client asks for about plugins. */
export async function answerAboutPlugins(
  server: SchedulerContext,
  message: MessageWith<'register-plugin' | 'unregister-plugin'>,
): Promise<MessageWith<'register-plugin-reply' | 'unregister-plugin-reply'>> {
  return message.op === 'register-plugin' ? registerPlugin(server, message) : unregisterPlugin(server, message);
}

/** Keeps a plugin, and has all set it up whom it is for. */
async function registerPlugin(
  server: SchedulerContext,
  { kind, idempotent, plugin }: MessageWith<'register-plugin'>,
): Promise<MessageWith<'register-plugin-reply'>> {
  const { registry } = server.plugins;
  if (plugin.name === '') throw new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', 'a plugin needs a name');
  if (idempotent && registry.has(kind, plugin.name)) {
    return { op: 'register-plugin-reply', isKept: true, count: 0, problems: [] };
  }
  registry.put(kind, plugin);
  const outcomes = await onEach(
    server,
    kind,
    (link) => givePlugin(link, plugin),
    async () => {
      try {
        const failure = await server.plugins.add(plugin);
        // There will be no other scheduler that could do better.
        if (failure !== null) registry.remove(kind, plugin.name);
        return failure;
      } catch (error) {
        registry.remove(kind, plugin.name);
        throw error;
      }
    },
  );
  const problems = outcomes.flatMap(problemOf);
  return { op: 'register-plugin-reply', isKept: false, count: outcomes.length - problems.length, problems };
}

/** Forgets a plugin, and has it torn down everywhere. */
async function unregisterPlugin(
  server: SchedulerContext,
  { kind, name }: MessageWith<'unregister-plugin'>,
): Promise<MessageWith<'unregister-plugin-reply'>> {
  if (!server.plugins.registry.remove(kind, name)) {
    return { op: 'unregister-plugin-reply', found: false, problems: [] };
  }
  const outcomes = await onEach(
    server,
    kind,
    (link) => takePluginAway(link, name),
    () => server.plugins.drop(name),
  );
  return { op: 'unregister-plugin-reply', found: true, problems: outcomes.flatMap(problemOf) };
}

interface Outcome {
  readonly where: string;
  readonly failure: PluginFailure | null;
}

async function onEach(
  server: SchedulerContext,
  kind: PluginKind,
  ask: (link: Link) => Promise<PluginFailure | null>,
  askScheduler: () => Promise<PluginFailure | null>,
): Promise<readonly Outcome[]> {
  if (kind === 'scheduler') return [{ where: 'scheduler', failure: await askScheduler() }];
  const peers =
    kind === 'worker'
      ? Array.from(server.workerPeers, ({ link, record }) => ({ link, where: record?.about.address ?? '' }))
      : server.nannies.peers.map(({ link, name }) => ({ link, where: `nanny of ${name}` }));
  const outcomes = await Promise.all(
    peers.map(async ({ link, where }) => ({ where, failure: await ask(link), isGone: link.isClosed })),
  );
  // Who has left meanwhile concerns nobody: the next to come gets what is kept.
  return outcomes.filter(({ failure, isGone }) => failure === null || !isGone);
}

function problemOf({ where, failure }: Outcome): readonly Problem[] {
  return failure === null ? [] : [{ where, failure }];
}
