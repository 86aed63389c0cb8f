import { describe, expect, it } from '@jest/globals';
import type { OutputSource } from '@grid/protocol';

import { TaskOutput } from './task-output.js';
import type { OutputMessage } from './thread-messages.js';

class Rig {
  readonly posted: OutputMessage[] = [];
  now = 1000;
  readonly output = new TaskOutput(
    (message) => void this.posted.push(message),
    () => this.now,
  );

  take(): string[] {
    return this.posted.splice(0).map(({ key, source, text }) => `${key} ${source} ${text}`);
  }
}

const a = { taskId: 1, key: 'a' };
const b = { taskId: 2, key: 'b' };

describe('TaskOutput', () => {
  it('passes whole lines on at once, one piece for each call', () => {
    const { output, posted } = new Rig();
    output.write(a, 'stdout', 'one\n');
    output.write(a, 'stdout', 'two\nthree\n');
    expect(posted).toEqual([
      { kind: 'output', taskId: 1, key: 'a', source: 'stdout', at: 1000, text: 'one' },
      { kind: 'output', taskId: 1, key: 'a', source: 'stdout', at: 1000, text: 'two\nthree' },
    ]);
  });

  it('joins the parts of a line, for each task and stream by itself', () => {
    const rig = new Rig();
    const parts: [typeof a, OutputSource, string][] = [
      [a, 'stdout', 'a1'],
      [b, 'stdout', 'b1'],
      [a, 'stderr', 'e1'],
      [a, 'stdout', 'a2\na3'],
      [b, 'stdout', 'b2\n'],
    ];
    for (const [writer, source, text] of parts) rig.output.write(writer, source, text);
    expect(rig.take()).toEqual(['a stdout a1a2', 'b stdout b1b2']);
    rig.output.end(a);
    expect(rig.take().sort()).toEqual(['a stderr e1', 'a stdout a3']);
    rig.output.end(a);
    rig.output.end(b);
    expect(rig.take()).toEqual([]);
  });

  it('does not wait for the end of a line that is very long', () => {
    const rig = new Rig();
    rig.output.write(a, 'stdout', '.'.repeat(5000));
    expect(rig.take()).toEqual([]);
    rig.output.write(a, 'stdout', '.'.repeat(5000));
    expect(rig.take()).toEqual([`a stdout ${'.'.repeat(10_000)}`]);
  });

  it('cuts what is longer than a message has room for', () => {
    const rig = new Rig();
    rig.output.say(a, 'info', 'x'.repeat(20_000));
    expect(rig.take()[0]).toMatch(/^a info x{16384}… \(3616 characters more\)$/);
  });

  it('leaves out what is too much at once, says so, and goes on later', () => {
    const rig = new Rig();
    for (let i = 0; i < 1000; i += 1) rig.output.write(a, 'stdout', `${'x'.repeat(10_000)}\n`);
    const passed = rig.take().length;
    expect(passed).toBeGreaterThan(400);
    expect(passed).toBeLessThan(430);
    rig.now += 1000;
    rig.output.write(b, 'stdout', 'later\n');
    expect(rig.take()).toEqual([expect.stringMatching(`^b warn … ${String(1000 - passed)} pieces`), 'b stdout later']);
  });

  it('says at the end of a task what was left out, if nothing comes after it', () => {
    const rig = new Rig();
    for (let i = 0; i < 500; i += 1) rig.output.write(a, 'stdout', `${'x'.repeat(10_000)}\n`);
    const passed = rig.take().length;
    rig.output.end(a);
    expect(rig.take()).toEqual([expect.stringMatching(`^a warn … ${String(500 - passed)} pieces`)]);
    rig.output.end(a);
    expect(rig.take()).toEqual([]);
  });

  it('counts empty lines as something', () => {
    const rig = new Rig();
    for (let i = 0; i < 200_000; i += 1) rig.output.write(a, 'stdout', '\n');
    expect(rig.take().length).toBeLessThan(70_000);
  });
});
