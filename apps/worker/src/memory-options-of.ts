import { AppError, bytesFlag } from '@grid/app-kit';
import type { Bytes } from '@grid/common';
import type { WorkerMemoryOptions } from '@grid/worker-core';

import type { WorkerArguments } from './options.js';

const TERMINATE_FRACTION = 0.95;

/** What the flags about memory mean to a worker. */
export function memoryOptionsOf(args: WorkerArguments): WorkerMemoryOptions {
  const target = fractionOf(args, 'memory-target-fraction');
  const spill = fractionOf(args, 'memory-spill-fraction');
  const pause = fractionOf(args, 'memory-pause-fraction');
  const { 'max-spill': maxSpill, 'local-directory': localDirectory } = args;
  return {
    ...(target !== undefined && { memoryTargetFraction: target }),
    ...(spill !== undefined && { memorySpillFraction: spill }),
    ...(pause !== undefined && { memoryPauseFraction: pause }),
    ...(maxSpill !== undefined && { maxSpill: bytesFlag('max-spill', maxSpill) }),
    ...(localDirectory !== undefined && { localDirectory }),
  };
}

/** Bytes of the whole process beyond which its nanny kills it; 0: it does not. */
export function terminateBytesOf(args: WorkerArguments, memoryLimit: Bytes): number {
  const fraction = fractionOf(args, 'memory-terminate-fraction') ?? TERMINATE_FRACTION;
  return fraction === false ? 0 : Math.floor(memoryLimit * fraction);
}

type FractionFlag =
  'memory-terminate-fraction' | 'memory-target-fraction' | 'memory-spill-fraction' | 'memory-pause-fraction';

function fractionOf(args: WorkerArguments, flag: FractionFlag): number | false | undefined {
  const text = args[flag];
  if (text === undefined) return undefined;
  if (text === 'false') return false;
  const fraction = Number(text);
  if (fraction > 0 && fraction <= 1) return fraction;
  throw new AppError(
    'GRID_APP_BAD_OPTION',
    `--${flag} is ${text}; it must be a part of the memory limit such as 0.6, or false`,
  );
}
