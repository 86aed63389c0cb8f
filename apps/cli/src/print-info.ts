import { Client } from '@grid/client';
import { formatBytes } from '@grid/common';
import type { Fact, Facts } from '@grid/protocol';
import pc from 'picocolors';

/** How `grid info` is asked. */
export interface InfoArguments {
  readonly scheduler?: string | undefined;
  readonly json: boolean;
}

/** Prints what a running cluster consists of. */
export async function printInfo({ scheduler, json }: InfoArguments): Promise<void> {
  await using client = await Client.connect(scheduler, { name: 'grid-info', timeout: '10s' });
  const info = await client.schedulerInfo();
  process.stdout.write(json ? `${JSON.stringify(info, null, 2)}\n` : renderInfo(client.schedulerAddress, info));
}

/** A page for people: the scheduler, then a line for each worker. */
export function renderInfo(address: string, info: Facts): string {
  const workers = Object.entries(asFacts(info['workers']));
  const lines = workers.map(([worker, facts]) => {
    const { name, threads, memoryLimit } = asFacts(facts);
    const memory = typeof memoryLimit === 'number' && memoryLimit > 0 ? `, ${formatBytes(memoryLimit)}` : '';
    return `  ${worker}  ${pc.dim(`${textOf(name)}, ${textOf(threads)} threads${memory}`)}`;
  });
  const count = `${String(workers.length)} ${workers.length === 1 ? 'worker' : 'workers'}`;
  return [`${pc.bold('Scheduler')} ${address}  ${pc.dim(count)}`, ...lines, ''].join('\n');
}

function textOf(fact: Fact | undefined): string {
  return typeof fact === 'string' ? fact : JSON.stringify(fact ?? null);
}

function asFacts(fact: Fact | undefined): Facts {
  return typeof fact === 'object' && fact !== null && !Array.isArray(fact) ? (fact as Facts) : {};
}
