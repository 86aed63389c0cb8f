import { encodeError, errorText, type CodeEncoder, type MessageWith } from '@grid/protocol';

/** A plugin as it travels. */
export type PluginPart = MessageWith<'add-plugin'>['plugin'];

/** An error as it travels. */
export type PluginFailure = NonNullable<MessageWith<'add-plugin-reply'>['failure']>;

/** Anything that was thrown, made ready to travel. */
export function pluginFailure(thrown: unknown, code?: CodeEncoder): PluginFailure {
  const { name, message, stack } = errorText(thrown);
  return { error: encodeError(thrown, { code }), name, message, stack: stack ?? '' };
}
