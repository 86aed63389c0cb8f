import type { Field, FieldValues } from './fields.js';

/** The fields of any message. `Field`'s methods are bivariant, so every kind of field fits here. */
export type AnyFields = Readonly<Record<string, Field<unknown>>>;

/** One kind of message: its word, its number on the wire and its fields in wire order. */
export interface MessageDefinition<Op extends string = string, Fields extends AnyFields = AnyFields> {
  readonly op: Op;
  /** Never given to another message, also when this one is gone. */
  readonly code: number;
  readonly fields: Fields;
}

/** A message as handlers see it: its word and its fields. */
export type MessageOf<Definition> =
  Definition extends MessageDefinition<infer Op, infer Fields> ? { readonly op: Op } & FieldValues<Fields> : never;

/** Declares a message. New fields go to the end: a peer that does not know them leaves them alone. */
export function defineMessage<const Op extends string, Fields extends AnyFields>(
  op: Op,
  code: number,
  fields: Fields,
): MessageDefinition<Op, Fields> {
  return { op, code, fields };
}
