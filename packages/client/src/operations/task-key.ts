import { randomUUID } from 'node:crypto';

import { tokenize, type CallableValue } from '@grid/protocol';

import type { RecordOf } from '../shell/argument-writer.js';
import { ClientError } from '../errors.js';

/** What a task's key is made of. */
export interface KeySource {
  /** The function's name, or what the user wants keys to begin with. */
  readonly name: string;
  readonly functionHash: string;
  readonly pure: boolean | undefined;
}

/** What stands for values that have no content of their own: futures for their keys, functions for their code. */
export interface TokenSource {
  readonly recordOf: RecordOf;
  readonly hashOf: (fn: CallableValue, instance?: object) => string | undefined;
  /** Throws if arguments cannot travel. */
  readonly assertSendable: (args: readonly unknown[]) => void;
}

/**
 * The key of a task: `name-token`. Equal functions with equal arguments have equal keys, in any process, unless the
 * task is impure or its arguments have no canonical form; then the token is drawn at random.
 */
export function keyOfTask(source: KeySource, args: readonly unknown[], tokens: TokenSource): string {
  const { recordOf, hashOf } = tokens;
  if (source.pure === false) return randomKey(source.name);
  const token = tokenize(args, source.functionHash, { referenceOf: (value) => recordOf(value)?.key, hashOf });
  if (token !== undefined) return `${source.name}-${token}`;
  if (source.pure === true) {
    // What cannot even be sent has no token either, and its own error says more.
    tokens.assertSendable(args);
    throw new ClientError(
      'GRID_CLIENT_BAD_OPTION',
      `${source.name} cannot be pure: its arguments have no canonical form; leave 'pure' out, or give a key`,
      { details: { option: 'pure' } },
    );
  }
  return randomKey(source.name);
}

/** A key that no other task has. */
export function randomKey(name: string): string {
  return `${name}-${randomUUID().replaceAll('-', '')}`;
}
