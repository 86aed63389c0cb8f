import type { PluginPart } from '@grid/plugins';
import { describe, expect, it } from '@jest/globals';

import { PluginRegistry } from './plugin-registry.js';

function part(name: string, bytes = 1): PluginPart {
  const code = { body: new Uint8Array(bytes), buffers: [] };
  return { name, id: name, code, builtIn: '', options: {}, per: 'thread', hooks: [], restarts: false };
}

function names(registry: PluginRegistry): string[] {
  return registry.of('worker').map(({ name }) => name);
}

describe('a registry of plugins', () => {
  it('keeps them by kind and name; one that takes the place of another comes last', () => {
    const registry = new PluginRegistry();
    registry.put('worker', part('a'));
    registry.put('nanny', part('a'));
    registry.put('worker', part('b'));
    registry.put('worker', part('a'));
    expect(names(registry)).toEqual(['b', 'a']);
    expect(registry.remove('worker', 'a')).toBe(true);
    expect(registry.remove('worker', 'a')).toBe(false);
    expect([registry.has('worker', 'a'), registry.has('nanny', 'a')]).toEqual([false, true]);
  });

  it('has a bound in bytes and in number, and then stays as it is', () => {
    const registry = new PluginRegistry();
    const full = expect.objectContaining({ code: 'GRID_SCHEDULER_PLUGINS_FULL' }) as unknown;
    registry.put('worker', part('a', 40 * 2 ** 20));
    expect(() => registry.put('nanny', part('b', 40 * 2 ** 20))).toThrow(full);
    // In its own place there is room.
    registry.put('worker', part('a', 50 * 2 ** 20));
    for (let n = 1; n < 200; n += 1) registry.put('worker', part(`p${String(n)}`));
    expect(() => registry.put('scheduler', part('x'))).toThrow(full);
    expect(registry.has('scheduler', 'x')).toBe(false);
  });
});
