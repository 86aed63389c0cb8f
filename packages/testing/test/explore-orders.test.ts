import { describe, expect, it } from '@jest/globals';

import { EventHeap, type SimEvent } from '../src/host/event-heap.js';
import { Random } from '../src/host/random.js';
import { SimProcess } from '../src/host/sim-process.js';
import { exploreOrders } from '../src/scripts/explore-orders.js';
import type { OrderChooser } from '../src/scripts/order-chooser.js';

type Row = readonly [process: string, channel: string, name: string];

/** Which orders are tried of what is to happen, each as far as it was gone. */
async function ordersOf(rows: readonly Row[], worldsMax = 1000): Promise<{ orders: string[][]; isComplete: boolean }> {
  const orders: string[][] = [];
  const { isComplete } = await exploreOrders(async (chooser) => {
    orders.push(happen(chooser, rows));
  }, worldsMax);
  return { orders, isComplete };
}

function happen(chooser: OrderChooser, rows: readonly Row[]): string[] {
  const heap = new EventHeap();
  const processes = new Map<string, SimProcess>();
  const order: string[] = [];
  for (const [index, [name, channel, text]] of rows.entries()) {
    const process = processes.get(name) ?? new SimProcess(name, { random: new Random(1) });
    processes.set(name, process);
    const event: SimEvent = {
      time: index,
      tie: 0,
      process,
      kind: 'arrival',
      channel,
      isCancelled: false,
      run: () => order.push(text),
    };
    heap.push(event);
  }
  for (let event = chooser.take(heap); event !== undefined; event = chooser.take(heap)) event.run();
  return order;
}

describe('a search through all orders', () => {
  it('tries each order of what happens in one process, and keeps that of each line', async () => {
    const { orders, isComplete } = await ordersOf([
      ['p', 'line 1', 'a'],
      ['p', 'line 1', 'b'],
      ['p', 'line 2', 'c'],
    ]);
    expect(isComplete).toBe(true);
    expect(orders.map((order) => order.join('')).sort()).toEqual(['abc', 'acb', 'cab']);
  });

  it('takes orders for one that differ in what happens in different processes only', async () => {
    const { orders, isComplete } = await ordersOf([
      ['p', 'line 1', 'a'],
      ['p', 'line 1', 'b'],
      ['q', 'line 2', 'c'],
      ['q', 'line 2', 'd'],
    ]);
    expect(isComplete).toBe(true);
    expect(orders.filter(({ length }) => length === 4).length).toBeLessThan(6);
    expect(new Set(orders.map((order) => order[0]))).toEqual(new Set(['a', 'c']));
  });

  it('says when it was not let to the end', async () => {
    const rows: Row[] = ['a', 'b', 'c', 'd'].map((name) => ['p', name, name]);
    expect((await ordersOf(rows, 5)).isComplete).toBe(false);
    expect(new Set((await ordersOf(rows)).orders.map((order) => order.join(''))).size).toBe(24);
  });
});
