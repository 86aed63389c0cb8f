import { asKey } from '@grid/common';
import { encodeValue, textColumn } from '@grid/protocol';

import { isActor } from '../actors/actor.js';
import type { ClientParts } from '../client-parts.js';
import type { FutureRecord } from '../core/future-record.js';
import type { Future } from '../future.js';
import type { FutureScope } from '../future-scope.js';
import type { CallTable } from './call-table.js';
import type { MeetingPlace } from './place.js';
import type { HeldValue } from './held-value.js';
import { Subscriptions } from './subscriptions.js';

/** The meeting place as a client reaches it: values may have futures in them. */
export function createClientPlace(parts: ClientParts, calls: CallTable): MeetingPlace {
  const decode = async (value: HeldValue): Promise<unknown> => decodeHeld(parts, value);
  return {
    calls,
    subscriptions: new Subscriptions(calls, decode),
    encode: (value, what) => encodeHeld(parts, value, what),
    decode,
  };
}

/** Encodes a value for the scheduler to keep; futures in it become keys. */
export function encodeHeld(parts: ClientParts, value: unknown, what: string): HeldValue {
  parts.assertOpen('send a value');
  const records: FutureRecord[] = [];
  const positionOf = (record: FutureRecord): number => {
    const known = records.indexOf(record);
    return known >= 0 ? known : records.push(record) - 1;
  };
  const payload = encodeValue(value, {
    rootName: what,
    code: parts.functions.encoder,
    referenceOf(object) {
      // Handles of actors are more than what keeps them.
      const record = isActor(object) ? undefined : parts.futures.recordOf(object);
      return record === undefined ? undefined : positionOf(record);
    },
    keyOfFuture(object) {
      const record = parts.futures.recordOf(object);
      if (record === undefined) return undefined;
      positionOf(record);
      return record.key;
    },
  });
  return { payload, keys: records.map(({ key }) => key) };
}

/** Brings a kept value to life; this client holds futures of the tasks in it from then on. */
export async function decodeHeld(parts: ClientParts, { payload, keys }: HeldValue): Promise<unknown> {
  if (keys.length === 0) return parts.opener.open(payload);
  const futures = keys.map((key) => takeUp(parts, key));
  const used = new Set<number>();
  const value = await parts.opener.open(payload, (index) => {
    used.add(index);
    return futures[index];
  });
  // Handles of actors hold futures of their own.
  for (const [index, future] of futures.entries()) if (!used.has(index)) future.release();
  return value;
}

/** A future of a key that somebody else has submitted. */
export function takeUp(parts: ClientParts, key: string, scope?: FutureScope | null): Future<unknown> {
  const known = parts.futures.find(key);
  if (known !== undefined) return parts.futures.handOut(known, scope);
  const record = parts.futures.create(asKey(key));
  parts.outbox.send({ op: 'desire-keys', ids: [record.id], keys: textColumn([key]) });
  return parts.futures.handOut(record, scope);
}
