import { textColumn, type MessageWith } from '@grid/protocol';

import type { Frame } from './frame.js';
import type { ProfileTree, TreeNode } from './profile-tree.js';

type ProfileRows = MessageWith<'profile-reply'>['servers'][number]['rows'];

/** Trees as they travel. */
export function toProfileRows(trees: ReadonlyMap<string, ProfileTree>): ProfileRows {
  const writer = new RowWriter();
  for (const [prefix, tree] of trees) writer.addTree(prefix, tree);
  return writer.rows();
}

class RowWriter {
  readonly #prefixes: string[] = [];
  readonly #prefixRows: number[] = [];
  readonly #frames = new Map<Frame, number>();
  readonly #urls = new Map<string, number>();
  readonly #parents: number[] = [];
  readonly #frameOf: number[] = [];
  readonly #counts: number[] = [];
  readonly #times: number[] = [];

  addTree(prefix: string, { roots }: ProfileTree): void {
    const before = this.#parents.length;
    for (const root of roots.values()) this.#addNode(root, 0);
    this.#prefixes.push(prefix);
    this.#prefixRows.push(this.#parents.length - before);
  }

  rows(): ProfileRows {
    const frames = [...this.#frames.keys()];
    return {
      prefixes: textColumn(this.#prefixes),
      prefixRows: this.#prefixRows,
      parents: this.#parents,
      frames: this.#frameOf,
      counts: this.#counts,
      times: this.#times,
      names: textColumn(frames.map(({ name }) => name)),
      urls: textColumn([...this.#urls.keys()]),
      urlOf: frames.map(({ url }) => this.#urls.get(url) ?? 0),
      lines: frames.map(({ line }) => line),
      columns: frames.map(({ column }) => column),
    };
  }

  #addNode(node: TreeNode, parent: number): void {
    this.#parents.push(parent);
    this.#frameOf.push(this.#frame(node.frame));
    this.#counts.push(node.count);
    this.#times.push(node.ms);
    const row = this.#parents.length;
    for (const child of node.children?.values() ?? []) this.#addNode(child, row);
  }

  #frame(frame: Frame): number {
    const known = this.#frames.get(frame);
    if (known !== undefined) return known;
    const index = this.#frames.size;
    this.#frames.set(frame, index);
    if (!this.#urls.has(frame.url)) this.#urls.set(frame.url, this.#urls.size);
    return index;
  }
}
