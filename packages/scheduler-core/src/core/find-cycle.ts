/**
 * A cycle in a graph of `count` nodes, as the nodes on it in order, the first again at the end; `null` if there is none.
 *
 * @param successorsOf - The nodes that a node points to. Asked once for each node.
 */
export function findCycle(count: number, successorsOf: (node: number) => readonly number[]): number[] | null {
  /** 0 not seen, 1 on the path, 2 done. */
  const marks = new Uint8Array(count);
  for (let root = 0; root < count; root += 1) {
    if (marks[root] !== 0) continue;
    const path = [{ node: root, successors: successorsOf(root), next: 0 }];
    marks[root] = 1;
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const successor = step.successors[step.next];
      step.next += 1;
      if (successor === undefined) {
        marks[step.node] = 2;
        path.pop();
      } else if (marks[successor] === 1) {
        const nodes = path.map(({ node }) => node);
        return [...nodes.slice(nodes.indexOf(successor)), successor];
      } else if (marks[successor] === 0) {
        marks[successor] = 1;
        path.push({ node: successor, successors: successorsOf(successor), next: 0 });
      }
    }
  }
  return null;
}
