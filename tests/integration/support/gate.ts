import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Lets a test decide when a task goes on: the task waits for a file, which the test makes. */
export class Gate {
  constructor(readonly file: string) {}

  open(): void {
    writeFileSync(this.file, '');
  }
}

const GATE_TIMEOUT_MS = 25_000;

/** For tasks: waits until the gate of this file is open, then gives `value`. Leaves its thread free meanwhile. */
export async function passGate<T>(file: string, value: T): Promise<T> {
  const endsAt = Date.now() + GATE_TIMEOUT_MS;
  while (!existsSync(file)) {
    if (Date.now() > endsAt) throw new RangeError(`nobody opened the gate ${file}`);
    await pause(5);
  }
  return value;
}

/** For tasks: the same, holding the thread all the time. */
export function holdAtGate<T>(file: string, value: T): T {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const endsAt = Date.now() + GATE_TIMEOUT_MS;
  while (!existsSync(file)) {
    if (Date.now() > endsAt) throw new RangeError(`nobody opened the gate ${file}`);
    Atomics.wait(cell, 0, 0, 5);
  }
  return value;
}
