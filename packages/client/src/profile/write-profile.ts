import { writeFile } from 'node:fs/promises';

import type { ClusterProfile, ProfileNode } from './profile-node.js';

/** A node of Chrome's format. */
interface FileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly hitCount: number;
  readonly children: readonly number[];
}

/**
 * Writes a profile as the developer tools of Chrome read it. The format is of one thread's samples in the order of time;
 * merged ones have none, so each call is shown once, for as long as all its samples stand for.
 */
export async function writeProfile({ root, prefixes }: ClusterProfile, file: string | URL): Promise<void> {
  const nodes: FileNode[] = [];
  const samples: number[] = [];
  const timeDeltas: number[] = [];
  const trees = Object.values(prefixes).filter(({ count }) => count > 0);
  let owed = 0;
  const add = (node: ProfileNode): number => {
    const id = nodes.length + 1;
    const { name, file: url, line, column, selfCount, selfMs } = node;
    const children: number[] = [];
    const callFrame = { functionName: name, scriptId: '0', url, lineNumber: line - 1, columnNumber: column - 1 };
    nodes.push({ id, callFrame, hitCount: selfCount, children });
    // A sample lasts until the next one.
    if (selfCount > 0) {
      samples.push(id);
      timeDeltas.push(owed);
      owed = Math.round(selfMs * 1000);
    }
    for (const child of node.children) children.push(add(child));
    return id;
  };
  // What has no prefix needs no level for it.
  const isOfLoop = trees.length === 1 && trees[0]?.name === '';
  add({ ...root, name: '(root)', selfCount: 0, children: isOfLoop ? root.children : trees });
  samples.push(1);
  timeDeltas.push(owed);
  const endTime = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  await writeFile(file, JSON.stringify({ nodes, startTime: 0, endTime, samples, timeDeltas }));
}
