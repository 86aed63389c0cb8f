/* The process that runs what the other one captured. */
import type * as Library from '../../src/index.js';

// Built beside this file.
const lib = (await import(new URL('lib/index.js', import.meta.url).href)) as typeof Library;
const decoder = new lib.FunctionDecoder({ root: process.cwd() });
const encoder = new lib.FunctionEncoder();

process.on('message', (message: { fn: Library.FunctionPayload; args: Library.Payload }) => {
  run(message).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ thrown: lib.encodeError(error, { code: encoder }) }),
  );
});

async function run({ fn, args }: { fn: Library.FunctionPayload; args: Library.Payload }): Promise<Library.Payload> {
  const restored = (await decoder.load(fn)) as (...args: unknown[]) => unknown;
  await decoder.prepare(args);
  const values = lib.decodeValue(args, { code: decoder }) as unknown[];
  return lib.encodeValue(await restored(...values), { code: encoder, rootName: 'result' });
}
