import type { MessageWith } from '@grid/protocol';

/** An encoded value, with the keys of the futures in it. */
export type HeldValue = MessageWith<'variable-set'>['value'];
