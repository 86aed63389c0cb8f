import { Client, type SchedulerInfo } from '@grid/client';
import { formatBytes } from '@grid/common';
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
export function renderInfo(address: string, info: Pick<SchedulerInfo, 'workers'>): string {
  const workers = Object.entries(info.workers);
  const lines = workers.map(([worker, { name, threads, memoryLimit }]) => {
    const memory = memoryLimit > 0 ? `, ${formatBytes(memoryLimit)}` : '';
    return `  ${worker}  ${pc.dim(`${name}, ${String(threads)} threads${memory}`)}`;
  });
  const count = `${String(workers.length)} ${workers.length === 1 ? 'worker' : 'workers'}`;
  return [`${pc.bold('Scheduler')} ${address}  ${pc.dim(count)}`, ...lines, ''].join('\n');
}
