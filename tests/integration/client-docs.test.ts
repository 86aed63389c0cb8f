import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as api from '@grid/client';

import { ExampleProgram, isShownAs, readExamples, type ExampleOutcome } from './support/doc-examples.js';

const page = readFileSync(new URL('../../docs/api/client.md', import.meta.url), 'utf8');
const examples = readExamples(page);

/** Names of types that examples use without importing them. */
const TYPES = ['Actor', 'Future'];

/** What `Client` of dask.distributed has, but for `id` and its like that every object has. */
const DASK_CLIENT =
  'amm as_current benchmark_hardware call_stack cancel close collections_to_dsk compute current dashboard_link ' +
  'datasets dump_cluster_state forward_logging futures_of gather get get_dataset get_events get_executor get_metadata ' +
  'get_scheduler_logs get_task_stream get_versions get_worker_logs has_what id io_loop list_datasets log_event loop ' +
  'map nbytes ncores normalize_collection nthreads persist processing profile publish_dataset rebalance ' +
  'recreate_error_locally recreate_task_locally register_plugin register_scheduler_plugin register_worker_callbacks ' +
  'register_worker_plugin replicate restart restart_workers retire_workers retry run run_on_scheduler scatter ' +
  'scheduler_info set_metadata shutdown start status story submit subscribe_topic sync unforward_logging ' +
  'unpublish_dataset unregister_scheduler_plugin unregister_worker_plugin unsubscribe_topic upload_file ' +
  'wait_for_workers who_has write_scheduler_file';

let program: ExampleProgram;
let outcomes: ReadonlyMap<number, ExampleOutcome>;

beforeAll(async () => {
  program = new ExampleProgram(examples, [...Object.keys(api), ...TYPES]);
  outcomes = await program.run(150_000);
}, 180_000);

afterAll(() => program[Symbol.dispose]());

describe('docs/api/client.md', () => {
  it.each(examples)('$heading, line $line: gives what it says', ({ line, shown }) => {
    const outcome = outcomes.get(line);
    expect(outcome?.error).toBeNull();
    expect(
      outcome?.shown.map((printed, index) => (isShownAs(printed, shown[index] ?? '') ? shown[index] : printed)),
    ).toEqual(shown);
  });

  it.each(examples)('$heading, line $line: is short, and shows something', ({ source, shown }) => {
    expect(shown.length).toBeGreaterThan(0);
    expect(source.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(12);
  });

  it('has examples that are well typed', async () => {
    expect(await program.typeErrors()).toEqual([]);
  }, 60_000);

  it.each(DASK_CLIENT.split(' '))("tells of Dask's Client.%s", (name) => {
    const told = page.split('\n').filter((line) => /^(### |\| )/.test(line));
    expect(told.some((line) => new RegExp(`\\b${name}\\b`).test(line))).toBe(true);
  });

  it('tells of every method of Client', () => {
    const names = new Set<string>();
    for (let at: object = api.Client.prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
      for (const name of Object.getOwnPropertyNames(at)) names.add(name);
    }
    const inner = ['constructor', 'inspected', 'meetingPlace'];
    expect([...names].filter((name) => !inner.includes(name) && !new RegExp(`\\b${name}\\b`).test(page))).toEqual([]);
  });
});
