import { NO_UPLOADS, type CallableValue } from '@grid/protocol';

import type { CodeLoader } from '../executor/code-loader.js';

/**
 * Takes a function's text for its payload, that of its code before it, so that tests of executors need not capture functions. Results with functions
 * in them are refused, as plain data is all that such tests send.
 */
export function createTextCodeLoader(): CodeLoader {
  const refuse = (): never => {
    throw new TypeError('tests of executors send no code');
  };
  let uploads = NO_UPLOADS;
  return {
    encoder: { begin: refuse },
    decoder: { begin: refuse },
    load: async ({ payload, units }) => {
      const text = [...units, payload].map(({ body }) => new TextDecoder().decode(body)).join('');
      if (text.startsWith('throw ')) throw new TypeError(text.slice('throw '.length));
      // The texts are those of the tests themselves.
      return (0, eval)(`(${text})`) as CallableValue;
    },
    prepare: async () => {},
    setUploads: (table) => {
      uploads = table;
    },
    findUpload: (name) => {
      const place = uploads.places.find((candidate) => candidate.name === name);
      return place === undefined ? { problem: `no upload ${name}` } : { file: place.path };
    },
  };
}
