/** A change of a function's text. None of them adds or removes a line within what it replaces. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Applies edits that do not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of inOrder(edits)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** Where the character at `offset` of an edited text was before; for what an edit has put in, where that begins. */
export function offsetBefore(edits: readonly Edit[], offset: number): number {
  let shift = 0;
  for (const { start, end, text } of inOrder(edits)) {
    const inserted = start + shift;
    if (offset < inserted) break;
    if (offset < inserted + text.length) return start;
    shift += text.length - (end - start);
  }
  return offset - shift;
}

/** The same changes, for a text that begins `by` characters earlier in the text that they were made for. */
export function shiftEdits(edits: readonly Edit[], by: number): Edit[] {
  return edits.map(({ start, end, text }) => ({ start: start - by, end: end - by, text }));
}

/** By place; what lies within a part that was taken out went with it. */
function inOrder(edits: readonly Edit[]): Edit[] {
  const kept: Edit[] = [];
  let at = 0;
  for (const edit of [...edits].sort((left, right) => left.start - right.start)) {
    if (edit.start < at) continue;
    kept.push(edit);
    at = edit.end;
  }
  return kept;
}
