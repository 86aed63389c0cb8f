import type { Frames } from '@grid/comm';

import type { SimLoop } from '../host/sim-loop.js';
import type { Random } from '../host/random.js';
import { describeFrames } from './describe-frames.js';
import type { LineEnd } from './line-end.js';
import type { LineProfile } from './line-profile.js';

/** Something on its way to the other end. */
export interface Parcel {
  readonly bytes: number;
  /** What it is, if it is a message. */
  readonly frames?: Frames;
  arrive(end: LineEnd): void;
}

/** One direction of a line. */
interface Lane {
  readonly parcels: { readonly parcel: Parcel; readonly due: number }[];
  bytes: number;
  /** When the last of it arrives. */
  lastDue: number;
  isWaking: boolean;
}

/** A kernel asks so long whether a silent peer is alive, and then as long again in vain, in milliseconds. */
const KEEP_ALIVE_MS = 10_000;

/** A peer that does not say goodbye is waited for so long, in milliseconds. */
const CLOSE_TIMEOUT_MS = 5000;

/**
 * One line between two processes, as TCP has it: in each direction what was sent arrives in order, each once, after any
 * time; at any moment the line can break, and what is under way is lost from there on. The two ends may learn of that at
 * different times.
 */
export class SimLine {
  readonly id: number;
  readonly profile: LineProfile;
  readonly closeTimeoutMs = CLOSE_TIMEOUT_MS;
  /** Nothing arrives any more. */
  isCut = false;
  /** What is under way arrives from this moment on, in milliseconds of the world. */
  heldUntil = 0;
  readonly #loop: SimLoop;
  readonly #random: Random;
  readonly #lanes = new Map<LineEnd, Lane>();

  constructor(id: number, profile: LineProfile, parts: { readonly loop: SimLoop; readonly random: Random }) {
    this.id = id;
    this.profile = profile;
    this.#loop = parts.loop;
    this.#random = parts.random;
  }

  /** Both ends, the one that dialed first. */
  get ends(): readonly LineEnd[] {
    return [...this.#lanes.keys()];
  }

  /** Whether both ends know that it is over. */
  get isOver(): boolean {
    return this.ends.every((end) => end.isClosed || end.process.isDead);
  }

  attach(end: LineEnd): void {
    this.#lanes.set(end, { parcels: [], bytes: 0, lastDue: 0, isWaking: false });
  }

  /** Sends a parcel from this end to the other. */
  carry(from: LineEnd, parcel: Parcel): void {
    if (this.isCut) return;
    const lane = this.#laneFrom(from);
    const { latencyMs, jitterMs, bytesPerMs } = this.profile;
    const ms = latencyMs + this.#random.between(0, jitterMs) + parcel.bytes / bytesPerMs;
    const due = Math.max(lane.lastDue, this.#loop.now + ms);
    lane.lastDue = due;
    lane.bytes += parcel.bytes;
    lane.parcels.push({ parcel, due });
    this.#wake(from, lane);
  }

  /** Whether the sender at this end has to wait. */
  isFull(from: LineEnd): boolean {
    const { windowBytes, unreadBytesMax } = this.profile;
    return this.#laneFrom(from).bytes >= windowBytes || from.peer.unreadBytes >= unreadBytesMax;
  }

  /** Something of this end has arrived or been read: it may have room for more, which it sees a little later. */
  noteRead(from: LineEnd): void {
    if (!from.isWaiting || this.isFull(from)) return;
    this.#loop.after(from.process, this.profile.latencyMs, 'room', () => from.checkRoom());
  }

  /** Something that this end does by itself, later. */
  later(end: LineEnd, ms: number, run: () => void): void {
    this.#loop.after(end.process, ms, 'comm', run);
  }

  /** This end is given up by its process: the other hears of it, before or after what is under way. */
  reset(from: LineEnd): void {
    if (this.isCut) return;
    const lane = this.#laneFrom(from);
    empty(this.#laneFrom(from.peer));
    // A reset overtakes what lies in the buffers before it.
    if (this.#random.chance(0.5)) empty(lane, this.#random.int(0, lane.parcels.length));
    this.carry(from, { bytes: 0, arrive: (end) => end.onBroken() });
  }

  /**
   * Cuts the line. What is under way is lost.
   *
   * @param tellMs - When each end hears of it: the one that dialed, the other; `Infinity` for never.
   */
  cut(tellMs: readonly [number, number]): void {
    if (this.isCut) return;
    this.isCut = true;
    for (const [index, end] of this.ends.entries()) {
      empty(this.#laneFrom(end));
      const ms = tellMs[index] as number;
      if (ms !== Infinity) this.#loop.after(end.process, ms, 'line-broken', () => end.onBroken());
    }
  }

  /** The process of this end is gone. Its kernel, if that is left, tells the other end; else that end's own has to ask. */
  lose(end: LineEnd, isHostGone: boolean): void {
    if (!isHostGone) {
      this.reset(end);
      return;
    }
    const ms = this.#random.between(KEEP_ALIVE_MS, 2 * KEEP_ALIVE_MS);
    this.cut([ms, ms]);
  }

  #laneFrom(end: LineEnd): Lane {
    return this.#lanes.get(end) as Lane;
  }

  #wake(from: LineEnd, lane: Lane): void {
    const [first] = lane.parcels;
    if (lane.isWaking || first === undefined) return;
    lane.isWaking = true;
    const due = Math.max(first.due, this.heldUntil);
    const event = this.#loop.after(from.peer.process, due - this.#loop.now, 'arrival', () => this.#arrive(from, lane));
    event.channel = `line ${String(this.id)}`;
  }

  #arrive(from: LineEnd, lane: Lane): void {
    lane.isWaking = false;
    const [first] = lane.parcels;
    if (first === undefined) return;
    if (this.heldUntil <= this.#loop.now) {
      lane.parcels.shift();
      lane.bytes -= first.parcel.bytes;
      this.#note(from, first.parcel);
      first.parcel.arrive(from.peer);
    }
    this.#wake(from, lane);
    this.noteRead(from);
  }

  #note(from: LineEnd, { bytes, frames }: Parcel): void {
    const { now, trace } = this.#loop;
    const { name } = from.peer.process;
    trace.add(now, name, `line ${String(this.id)}: ${String(bytes)}`);
    if (trace.isDetailed && frames !== undefined) {
      trace.remark(now, name, `<- ${from.process.name}: ${describeFrames(frames)}`);
    }
  }
}

/** Loses what is under way, but for the first `kept`. */
function empty(lane: Lane, kept = 0): void {
  for (const { parcel } of lane.parcels.splice(kept)) lane.bytes -= parcel.bytes;
}
