import { messageOf } from '@grid/common';
import { pluginFailure, type PluginFailure, type PluginPart } from '@grid/plugins';
import { PLUGINS_FEATURE } from '@grid/protocol';
import type { Link } from '@grid/rpc';

import { SchedulerError } from '../../errors.js';
import type { SchedulerContext, WorkerPeer } from '../scheduler-context.js';

/** Milliseconds for one worker or nanny to set a plugin up, and for the nanny to start its worker anew. */
const GIVE_TIMEOUT_MS = 600_000;

/** Has a peer set a plugin up. Never rejects: `null`, or what went wrong. */
export async function givePlugin(link: Link, plugin: PluginPart): Promise<PluginFailure | null> {
  return outcome(link, async () => {
    return (await link.request({ op: 'add-plugin', plugin }, { timeoutMs: GIVE_TIMEOUT_MS })).failure;
  });
}

/** Has a peer tear a plugin down. Never rejects. */
export async function takePluginAway(link: Link, name: string): Promise<PluginFailure | null> {
  return outcome(link, async () => {
    return (await link.request({ op: 'drop-plugin', name }, { timeoutMs: GIVE_TIMEOUT_MS })).failure;
  });
}

/** Gives a worker that has just come all plugins that there are, in order; before its first task. */
export function givePlugins(server: SchedulerContext, peer: WorkerPeer): void {
  for (const plugin of server.plugins.registry.of('worker')) {
    void givePlugin(peer.link, plugin).then((failure) => {
      if (failure === null || peer.record === null) return;
      const { name, address } = peer.record.about;
      const facts = { plugin: plugin.name, error: failure.message };
      server.logger.warn({ worker: name, ...facts }, 'a worker did not set up a plugin');
      server.events.tell(['all', address], 'plugin-failed', { worker: address, ...facts });
    });
  }
}

async function outcome(link: Link, ask: () => Promise<PluginFailure | null>): Promise<PluginFailure | null> {
  if (!link.peer.features.includes(PLUGINS_FEATURE)) {
    return pluginFailure(new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', 'it is of a version that knows no plugins'));
  }
  try {
    return await ask();
  } catch (error) {
    return pluginFailure(new SchedulerError('GRID_SCHEDULER_BAD_REQUEST', `it did not answer: ${messageOf(error)}`));
  }
}
