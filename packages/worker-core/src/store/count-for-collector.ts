/** Holds what makes the collector see a shared buffer's size. */
const SHADOW = Symbol('shadow');

/** Smaller buffers pile up too slowly to matter. */
const COUNTED_BYTES_MIN = 64 * 1024;

/** V8 collects about as often as so many bytes outside of its heap have come, in bytes. */
const COLLECTED_EVERY_BYTES = 64 * 2 ** 20;

/**
 * Larger buffers are mapped one by one, and their memory goes back to the system when they are collected. What is smaller
 * comes out of the allocator's heap again and again, warm if it is collected soon: in full it is counted always.
 */
const MAPPED_BYTES_MIN = 4 * 2 ** 20;

/** The part of a large shared buffer's size that this thread's collector is told. */
let countedPart = 1;

/**
 * Lets the garbage collector know of a shared buffer that came to this thread.
 *
 * V8 counts the bytes of plain buffers, and collects sooner the more there are; those of shared ones it does not count
 * (seen on Node 20, 22 and 24), so that gigabytes of dead ones pile up before anything happens. A plain buffer that lives
 * as long as the shared one is counted in its place. Nobody ever touches it, so it takes addresses but no memory.
 */
export function countForCollector({ buffer }: Uint8Array): void {
  const { byteLength } = buffer;
  if (byteLength < COUNTED_BYTES_MIN || SHADOW in buffer) return;
  const counted = byteLength < MAPPED_BYTES_MIN ? byteLength : Math.ceil(byteLength * countedPart);
  const shadow = Buffer.allocUnsafeSlow(counted).buffer;
  Object.defineProperty(buffer, SHADOW, { value: shadow });
}

/**
 * Sets about how many bytes of large shared buffers may lie dead before this thread collects. A thread collects every
 * 64 MiB unless told otherwise, and a worker that receives gigabytes a second spends a quarter of its time on that.
 */
export function allowSharedGarbage(bytes: number): void {
  countedPart = Math.min(1, COLLECTED_EVERY_BYTES / bytes);
}
