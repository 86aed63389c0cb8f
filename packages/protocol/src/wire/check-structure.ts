import { ProtocolError } from '../errors.js';
import type { WireLimits } from './limits.js';

/**
 * Walks over MessagePack without decoding it, so that nothing is allocated for what is not there: MessagePack decoders
 * make room for an array as soon as they have read its declared length.
 *
 * @throws {@link ProtocolError} `GRID_PROTOCOL_BAD_MESSAGE` if the bytes end early, go on after the value, nest deeper
 * or declare more than the limits allow.
 */
export function checkStructure(bytes: Uint8Array, limits: WireLimits): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // How many values are still to come at each level of nesting.
  const pending: number[] = [1];
  let position = 0;
  while (pending.length > 0) {
    const level = pending.length - 1;
    const left = pending[level] as number;
    if (left === 0) {
      pending.pop();
      continue;
    }
    pending[level] = left - 1;
    if (position >= bytes.length) throw badStructure('it ends early');
    const token = readToken(view, position);
    position += token.bytes;
    if (position > bytes.length) throw badStructure('it ends early');
    if (token.children === 0) continue;
    if (token.children > limits.elementsMax || token.children > bytes.length - position) {
      throw badStructure(`it declares ${String(token.children)} elements`);
    }
    if (pending.length >= limits.depthMax) throw badStructure(`it nests deeper than ${String(limits.depthMax)} levels`);
    pending.push(token.children);
  }
  if (position !== bytes.length) throw badStructure('bytes follow it');
}

interface Token {
  /** Length of the token with its own data, without its children. */
  bytes: number;
  children: number;
}

/** Sizes of the tokens from 0xc0 to 0xdf; -1: not MessagePack. 0: has a length of its own, see below. */
const FIXED = [
  1, -1, 1, 1, 0, 0, 0, 0, 0, 0, 5, 9, 2, 3, 5, 9, 2, 3, 5, 9, 3, 4, 6, 10, 18, 0, 0, 0, 0, 0, 0, 0,
] as const;

// One object for all tokens: the walk visits millions and keeps none.
const scratch: Token = { bytes: 0, children: 0 };

function readToken(view: DataView, position: number): Token {
  const byte = view.getUint8(position);
  scratch.children = 0;
  scratch.bytes = 1;
  if (byte < 0x80 || byte >= 0xe0) return scratch;
  if (byte < 0x90) scratch.children = (byte & 0x0f) * 2;
  else if (byte < 0xa0) scratch.children = byte & 0x0f;
  else if (byte < 0xc0) scratch.bytes = 1 + (byte & 0x1f);
  else {
    const size = FIXED[byte - 0xc0] as number;
    if (size < 0) throw badStructure('it has a byte that MessagePack does not use');
    if (size > 0) scratch.bytes = size;
    else readLength(view, position, byte);
  }
  return scratch;
}

function readLength(view: DataView, position: number, byte: number): void {
  const isExtension = byte >= 0xc7 && byte <= 0xc9;
  const width = lengthWidth(byte);
  if (position + 1 + width > view.byteLength) throw badStructure('it ends early');
  const length =
    width === 1
      ? view.getUint8(position + 1)
      : width === 2
        ? view.getUint16(position + 1)
        : view.getUint32(position + 1);
  scratch.bytes = 1 + width;
  if (byte >= 0xdc) scratch.children = byte >= 0xde ? length * 2 : length;
  else scratch.bytes += length + (isExtension ? 1 : 0);
}

/** bin 8/16/32, ext 8/16/32, str 8/16/32, array 16/32, map 16/32. */
function lengthWidth(byte: number): 1 | 2 | 4 {
  if (byte === 0xc4 || byte === 0xc7 || byte === 0xd9) return 1;
  if (byte === 0xc5 || byte === 0xc8 || byte === 0xda || byte === 0xdc || byte === 0xde) return 2;
  return 4;
}

function badStructure(problem: string): ProtocolError {
  return new ProtocolError('GRID_PROTOCOL_BAD_MESSAGE', `a message is not well formed: ${problem}`);
}
