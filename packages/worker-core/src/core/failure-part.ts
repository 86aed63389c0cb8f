import type { MessageWith } from '@grid/protocol';

/** Why a task failed, as it travels. */
export type FailurePart = MessageWith<'task-erred'>['failure'];
