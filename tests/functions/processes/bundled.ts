/* 53: a program that was bundled with its packages. */
import { FunctionEncoder, type CallableValue } from '@grid/protocol';
import { z } from 'zod';
import lodash from 'lodash';
import { report } from './report.js';

const schema = z.object({ a: z.number() });

await report(() => {
  const encoder = new FunctionEncoder();
  const functions = { zod: () => schema.parse({ a: 1 }), lodash: () => lodash.template('<%= a %>')({ a: 1 }) };
  for (const [name, fn] of Object.entries(functions)) refuses(encoder, name, fn);
  encoder.close();
});

function refuses(encoder: FunctionEncoder, name: string, fn: CallableValue): void {
  try {
    encoder.capture(fn);
  } catch (error) {
    const { message, details } = error as Error & { details?: { reason?: unknown } };
    if (details?.reason === 'BUNDLED' && message.includes(`'${name}'`) && /external/.test(message)) return;
    throw error;
  }
  throw new Error(`what ${name} has made was captured`);
}
