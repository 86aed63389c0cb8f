import type { Message, MessageWith } from '@grid/protocol';

import type { StepGate } from '../shell/step-gate.js';
import type { WorkerPlugins } from './worker-plugins.js';

/** Does what the scheduler asks for about plugins, in turn: tasks that come after an `add-plugin` find the plugin. */
export async function takePlugin(
  plugins: WorkerPlugins,
  gate: StepGate,
  message: MessageWith<'add-plugin' | 'drop-plugin'>,
): Promise<Message> {
  if (message.op === 'drop-plugin') {
    const failure = await gate.start(() => plugins.drop(message.name));
    return { op: 'drop-plugin-reply', failure };
  }
  const { plugin } = message;
  const add = async (): ReturnType<WorkerPlugins['add']> => plugins.add(plugin);
  // Threads put it in front of the tasks that follow by themselves, and may be busy for long; the others hold tasks up.
  const isOfThreads = plugin.per === 'thread' && plugin.builtIn === '';
  return { op: 'add-plugin-reply', failure: await (isOfThreads ? gate.start(add) : gate.hold(add)) };
}
