/** Runs what a process is there for, and prints what is wrong, or nothing. */
export async function report(body: () => unknown): Promise<void> {
  let problem = '';
  try {
    await body();
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  process.stdout.write(JSON.stringify({ problem }));
}
