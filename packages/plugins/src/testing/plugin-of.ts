import { encodeValue, FunctionEncoder } from '@grid/protocol';

import type { PluginPart } from '../plugin-part.js';

const encoder = new FunctionEncoder();
let lastId = 0;

/** A plugin as a client would send it. */
export function pluginOf(
  name: string,
  subject: unknown,
  change: Partial<PluginPart> & { readonly args?: readonly unknown[] } = {},
): PluginPart {
  const { args = [], ...rest } = change;
  lastId += 1;
  const code = encodeValue([subject, ...args], { code: encoder });
  return {
    name,
    id: String(lastId),
    code,
    builtIn: '',
    options: {},
    per: 'worker',
    hooks: [],
    restarts: false,
    ...rest,
  };
}
