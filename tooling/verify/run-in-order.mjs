const cores = 2;

/**
 * Starts the steps in the order given, as cores come free. A step whose need failed is reported as failed without
 * having run. Resolves with all results once the last has ended.
 */
export async function runInOrder(steps, run, report) {
  const results = new Map();
  const running = new Map();
  const waiting = [...steps];
  const finish = (result) => {
    results.set(result.name, result);
    report(result);
  };

  while (waiting.length > 0 || running.size > 0) {
    const busy = [...running.values()].reduce((sum, { step }) => sum + step.cores, 0);
    const next = waiting.findIndex((step) => !isBlocked(step, steps, results) && busy + step.cores <= cores);
    if (next >= 0) {
      const [step] = waiting.splice(next, 1);
      if (step.needs !== undefined && results.get(step.needs)?.failed > 0) {
        finish({ name: step.name, passed: 0, failed: 1, millis: 0, output: `needs ${step.needs}, which failed` });
        continue;
      }
      const ended = run(step).then((result) => {
        running.delete(step.name);
        finish(result);
      });
      running.set(step.name, { step, ended });
    } else {
      await Promise.race([...running.values()].map(({ ended }) => ended));
    }
  }
  return [...results.values()];
}

function isBlocked({ needs }, steps, results) {
  return needs !== undefined && steps.some(({ name }) => name === needs) && !results.has(needs);
}
