const tasks = new Set();

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]) {
  process.on(signal, () => {
    for (const task of tasks) task();
    process.exit(code);
  });
}

/** Runs the task if this process is told to stop. Returns a function that takes it back. */
export function onExit(task) {
  tasks.add(task);
  return () => tasks.delete(task);
}
