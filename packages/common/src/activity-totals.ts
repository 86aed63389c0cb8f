/** What time or bytes went into, and for whom. */
export interface ActivityLabels {
  /** The scheduler's number of the span that the task was submitted in; 0: none. */
  readonly span: number;
  /** In which part of the work: `execute`, `gather-dep`, `get-data` or `spill`. */
  readonly context: string;
  /** The prefix of the task's key; empty where it was done for no task. */
  readonly prefix: string;
  /** Such as `deserialize`, `network`, or what the user calls it. */
  readonly activity: string;
  /** `seconds`, `bytes`, `count`, or one of the user's. */
  readonly unit: string;
}

/** So much of an activity. */
export interface ActivityRow extends ActivityLabels {
  readonly value: number;
}

/** Where there are more kinds of activities than this, what is new is summed up as `other`. */
const KINDS_MAX = 10_000;

/** Adds up amounts by their labels. Bounded, whatever users call their activities. */
export class ActivityTotals {
  readonly #kindsMax: number;
  readonly #rows = new Map<string, { readonly labels: ActivityLabels; value: number }>();

  constructor(kindsMax = KINDS_MAX) {
    this.#kindsMax = kindsMax;
  }

  get size(): number {
    return this.#rows.size;
  }

  add(labels: ActivityLabels, value: number): void {
    const key = `${String(labels.span)}\n${labels.context}\n${labels.unit}\n${labels.prefix}\n${labels.activity}`;
    const row = this.#rows.get(key);
    if (row !== undefined) row.value += value;
    else if (this.#rows.size < this.#kindsMax) this.#rows.set(key, { labels, value });
    else this.#addOther(labels, value);
  }

  /** All sums, in the order in which they were begun. */
  rows(): ActivityRow[] {
    return Array.from(this.#rows.values(), ({ labels, value }) => ({ ...labels, value }));
  }

  /** The same, and begins anew. */
  take(): ActivityRow[] {
    const rows = this.rows();
    this.#rows.clear();
    return rows;
  }

  #addOther({ context, unit: given }: ActivityLabels, value: number): void {
    // Units are the user's as well.
    const unit = given === 'seconds' || given === 'bytes' || given === 'count' ? given : 'other';
    const labels = { span: 0, context, prefix: '', activity: 'other', unit };
    const key = `other\n${context}\n${unit}`;
    const row = this.#rows.get(key);
    if (row === undefined) this.#rows.set(key, { labels, value });
    else row.value += value;
  }
}
