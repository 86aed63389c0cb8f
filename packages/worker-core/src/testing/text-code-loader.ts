import { NO_UPLOADS, type CallableValue, type Found } from '@grid/protocol';

import type { CodeLoader } from '../executor/code-loader.js';

/**
 * Takes a function's text for its payload, that of its code before it, so that tests of executors need not capture
 * functions. Results with functions in them are refused, as plain data is all that such tests send. The text `upload x`
 * stands for a function that imports the upload `x`: it gives the path that this had when the function was loaded.
 */
export function createTextCodeLoader(): CodeLoader {
  const refuse = (): never => {
    throw new TypeError('tests of executors send no code');
  };
  let uploads = NO_UPLOADS;
  const findUpload = (name: string): Found => {
    const place = uploads.places.find((candidate) => candidate.name === name);
    return place === undefined ? { problem: `no upload ${name}` } : { file: place.path };
  };
  return {
    encoder: { begin: refuse },
    decoder: { begin: refuse },
    load: async ({ payload, units }) => {
      const text = [...units, payload].map(({ body }) => new TextDecoder().decode(body)).join('');
      if (text.startsWith('throw ')) throw new TypeError(text.slice('throw '.length));
      if (text.startsWith('upload ')) {
        const { file, problem } = findUpload(text.slice('upload '.length));
        if (file === undefined) throw new TypeError(problem);
        return () => file;
      }
      // The texts are those of the tests themselves.
      return (0, eval)(`(${text})`) as CallableValue;
    },
    prepare: async () => {},
    importModule: refuse,
    setUploads: (table) => {
      uploads = table;
    },
    findUpload,
  };
}
