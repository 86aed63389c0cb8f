import { INVENTORY_MARKS, type MessageWith } from '@grid/protocol';

import type { OrphanKind, WorkerInventory } from '../core/inventory.js';
import type { TypeNames } from './type-names.js';

type InventoryMessage = MessageWith<'worker-inventory'>;

const KINDS: readonly OrphanKind[] = Array.from({ length: 8 }, (_, marks) => ({
  run:
    (marks & INVENTORY_MARKS.longRunning) !== 0
      ? 'long-running'
      : (marks & INVENTORY_MARKS.running) !== 0
        ? 'running'
        : null,
  isActor: (marks & INVENTORY_MARKS.actor) !== 0,
}));

/** What a worker says that it has, as the core takes it. The message's columns are as long as each other. */
export function readInventory(message: InventoryMessage, typeNames: TypeNames): WorkerInventory {
  const { taskEnd, runEnd, taskIds, runIds, sizes, keys, marks } = message;
  const numbers = new Map(message.types.map(({ id, name }) => [id, typeNames.numberOf(name)]));
  return {
    taskEnd,
    runEnd,
    taskIds,
    runIds,
    sizes,
    keys,
    rows: Array.from(marks, (mark) => KINDS[mark & (KINDS.length - 1)] as OrphanKind),
    typeIds: Array.from(message.typeIds, (id) => numbers.get(id) ?? -1),
  };
}
