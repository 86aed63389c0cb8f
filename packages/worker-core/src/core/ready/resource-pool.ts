import type { LocalTask, ResourceAmounts } from '../local-task.js';
import { runsBefore } from '../local-task.js';
import { ReadyHeap } from './ready-heap.js';

/** Three times a tenth is a little more than three tenths. */
const TOLERANCE = 1e-9;

/** Ready tasks that ask for the same. */
interface Line {
  readonly amounts: ResourceAmounts;
  readonly heap: ReadyHeap;
}

/**
 * This worker's abstract resources: how much of each is free, what each task that runs occupies, and the ready tasks that
 * wait for some.
 *
 * Tasks that ask for the same stand in one line. A task that is short of a resource holds back later ones that want some
 * of it, or small wishes would keep large ones waiting for ever; it holds back no others.
 */
export class ResourcePool {
  readonly #supply: Map<string, number>;
  #free: Map<string, number>;
  /** A task may be defined anew while it runs: what it was given is what it gives back. */
  readonly #occupied = new Map<LocalTask, ResourceAmounts>();
  readonly #lines = new Map<string, Line>();
  #size = 0;
  #isOverdrawn = false;

  constructor(supply: Readonly<Record<string, number>>) {
    this.#supply = new Map(Object.entries(supply));
    this.#free = new Map(this.#supply);
  }

  /** How many ready tasks wait here. */
  get size(): number {
    return this.#size;
  }

  /** What runs, and what it occupies. */
  get occupied(): ReadonlyMap<LocalTask, ResourceAmounts> {
    return this.#occupied;
  }

  /** Whether tasks still run that began when there was more. */
  get isOverdrawn(): boolean {
    return this.#isOverdrawn;
  }

  /** There is so much of these from now on. What runs keeps what it has. */
  setSupply(amounts: Readonly<Record<string, number>>): void {
    for (const [name, amount] of Object.entries(amounts)) {
      this.#free.set(name, this.freeOf(name) + amount - this.supplyOf(name));
      this.#supply.set(name, amount);
      if (this.freeOf(name) < -TOLERANCE) this.#isOverdrawn = true;
    }
  }

  /** How much there is of each. */
  get supply(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#supply);
  }

  /** How much of a resource is free. */
  freeOf(name: string): number {
    return this.#free.get(name) ?? 0;
  }

  /** How much of a resource there is. */
  supplyOf(name: string): number {
    return this.#supply.get(name) ?? 0;
  }

  push(task: LocalTask, amounts: ResourceAmounts): void {
    const key = lineKey(amounts);
    let line = this.#lines.get(key);
    if (line === undefined) this.#lines.set(key, (line = { amounts, heap: new ReadyHeap() }));
    line.heap.push(task);
    this.#size += 1;
  }

  remove(task: LocalTask, amounts: ResourceAmounts): void {
    const key = lineKey(amounts);
    const line = this.#lines.get(key);
    if (line === undefined) return;
    line.heap.remove(task);
    this.#size -= 1;
    if (line.heap.size === 0) this.#lines.delete(key);
  }

  /** The most urgent task for which everything is free. */
  peek(): LocalTask | undefined {
    const heads = [...this.#lines.values()].map(({ amounts, heap }) => ({ amounts, task: heap.peek() as LocalTask }));
    heads.sort((a, b) => (runsBefore(a.task, b.task) ? -1 : 1));
    const reserved = new Set<string>();
    for (const { amounts, task } of heads) {
      if (amounts.every(({ name, amount }) => !reserved.has(name) && this.freeOf(name) >= amount - TOLERANCE))
        return task;
      for (const { name } of amounts) reserved.add(name);
    }
    return undefined;
  }

  /** Gives `task`, which starts now, what it asks for. */
  occupy(task: LocalTask, amounts: ResourceAmounts): void {
    this.#occupied.set(task, amounts);
    for (const { name, amount } of amounts) this.#free.set(name, this.freeOf(name) - amount);
  }

  /** Takes back what `task`, which has ended, was given. */
  vacate(task: LocalTask): void {
    const amounts = this.#occupied.get(task);
    if (amounts === undefined) return;
    this.#occupied.delete(task);
    // Sums of fractions drift; with nothing running all of it is free.
    if (this.#occupied.size === 0) {
      this.#free = new Map(this.#supply);
      this.#isOverdrawn = false;
    } else for (const { name, amount } of amounts) this.#free.set(name, this.freeOf(name) + amount);
  }

  /** The tasks that wait, in no particular order. */
  *values(): Generator<LocalTask> {
    for (const { heap } of this.#lines.values()) yield* heap.values();
  }
}

function lineKey(amounts: ResourceAmounts): string {
  return amounts.map(({ name, amount }) => `${name}=${String(amount)}`).join('\0');
}
