import { ProtocolError } from '../errors.js';

/** Characters of a path, and of one part of it, that file systems take. */
const PATH_LENGTH_MAX = 1024;
const PART_BYTES_MAX = 255;

/** Control characters, backslashes and colons: what some system takes for more than a letter of a name. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const FORBIDDEN = /[\u0000-\u001f\u007f\\:]/;

/**
 * Checks the path of a file inside an upload: relative, with `/` between its parts, and nowhere out of the folder that it
 * is put into.
 *
 * @throws {@link ProtocolError} `GRID_PROTOCOL_BAD_UPLOAD`.
 */
export function checkUploadPath(path: string): void {
  if (path.length > PATH_LENGTH_MAX) throw bad('a path', path, `is longer than ${String(PATH_LENGTH_MAX)} characters`);
  if (path.startsWith('/')) throw bad('the path', path, 'is absolute');
  for (const part of path.split('/')) checkPart(part, 'the path', path);
}

/**
 * Checks the name of an upload: one part of a path, or `@scope/name` as packages have it.
 *
 * @throws {@link ProtocolError} `GRID_PROTOCOL_BAD_UPLOAD`.
 */
export function checkUploadName(name: string): void {
  const parts = name.split('/');
  const isScoped = parts.length === 2 && name.startsWith('@') && parts[0] !== '@';
  if (parts.length !== 1 && !isScoped) throw bad('the name', name, 'has a slash and is no @scope/name');
  for (const part of parts) checkPart(part, 'the name', name);
}

/** The name of an upload and the path inside it that `NAME/path` or `@scope/NAME/path` stands for. */
export function splitUploadPath(text: string): { readonly name: string; readonly path: string } {
  const parts = text.split('/');
  const length = text.startsWith('@') ? 2 : 1;
  return { name: parts.slice(0, length).join('/'), path: parts.slice(length).join('/') };
}

function checkPart(part: string, what: string, whole: string): void {
  if (part === '') throw bad(what, whole, 'has an empty part');
  if (part === '.' || part === '..') throw bad(what, whole, `has a part '${part}'`);
  if (FORBIDDEN.test(part)) throw bad(what, whole, 'has a control character, a backslash or a colon');
  if (Buffer.byteLength(part) > PART_BYTES_MAX)
    throw bad(what, whole, `has a part of more than ${String(PART_BYTES_MAX)} bytes`);
}

function bad(what: string, value: string, problem: string): ProtocolError {
  const shown = JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
  return new ProtocolError('GRID_PROTOCOL_BAD_UPLOAD', `${what} ${shown} of an upload ${problem}`, {
    details: { value: shown },
  });
}
