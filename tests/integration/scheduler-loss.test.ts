import { describe, expect, it } from '@jest/globals';

import { Program } from './support/program.js';
import { until } from './support/until.js';

const TOKEN = 'a-token-of-this-test-that-is-long-enough-0123456789';

interface Outcome {
  readonly codes: string[];
  readonly statuses: string[];
  readonly client: string;
  readonly kept: string;
  readonly later: string[];
}

describe('a scheduler', () => {
  it.each(['SIGKILL', 'SIGSTOP then SIGKILL', 'SIGTERM'] as const)(
    'ended by %s leaves no future waiting, lets the client end, and its workers leave',
    async (how) => {
      const env = { GRID_TOKEN: TOKEN };
      await using scheduler = Program.binary(
        'scheduler',
        ['--port', '0', '--no-dashboard', '--print-address-json'],
        env,
      );
      const { address } = await scheduler.firstJson<{ address: string }>();
      const flags = [address, '--nthreads', '1', '--no-dashboard', '--print-address-json', '--memory-limit', '1 GiB'];
      flags.push('--scheduler-reconnect-timeout', '0s');
      await using first = Program.binary('worker', flags, env);
      await using second = Program.binary('worker', flags, env);
      await Promise.all([first.firstJson(), second.firstJson()]);
      await using client = Program.fixture('lose-the-scheduler.mjs', [address], env);
      await client.firstJson();

      if (how === 'SIGTERM') scheduler.kill('SIGTERM');
      else {
        if (how !== 'SIGKILL') scheduler.kill('SIGSTOP');
        scheduler.kill('SIGKILL');
      }

      expect(await client.ends(8000)).toEqual({ code: 0, signal: null });
      const outcome = JSON.parse(client.stdout.trim().split('\n')[1] ?? '') as Outcome;
      expect(outcome.codes).toEqual(new Array(5).fill('GRID_CLIENT_SCHEDULER_LOST'));
      expect(outcome.statuses).toEqual(['lost', 'lost', 'lost']);
      expect(outcome.client).toBe('lost');
      expect(outcome.kept).toBe('small');
      expect(outcome.later).toEqual(new Array(3).fill('GRID_CLIENT_SCHEDULER_LOST'));
      const exits = await Promise.all([first.ends(8000), second.ends(8000)]);
      const expected = how === 'SIGTERM' ? [0, 5] : [5];
      for (const { code } of exits) expect(expected).toContain(code);
      await until('the scheduler is collected', async () => (await scheduler.exited) !== null);
    },
  );
});
