/** How long each side runs before anything is timed, in milliseconds: engines compile what runs often. */
export const WARM_UP_MS = 3000;

/** Calls `run` again and again for {@link WARM_UP_MS}, once at least. */
export async function warmUp(run: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + WARM_UP_MS;
  do await run();
  while (performance.now() < end);
}
