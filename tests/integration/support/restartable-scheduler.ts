import { Program } from './program.js';

const TOKEN = 'a-token-of-this-test-that-is-long-enough-0123456789';

/** A scheduler in a process of its own, with workers, that can be killed and started again at its address. */
export class RestartableCluster implements AsyncDisposable {
  readonly address: string;
  readonly token = TOKEN;
  readonly workers: Program[] = [];
  #scheduler: Program;

  private constructor(scheduler: Program, address: string) {
    this.#scheduler = scheduler;
    this.address = address;
  }

  static async start(workers: number, workerFlags: readonly string[] = []): Promise<RestartableCluster> {
    const scheduler = startScheduler('0', TOKEN);
    const { address } = await scheduler.firstJson<{ address: string }>();
    const cluster = new RestartableCluster(scheduler, address);
    for (let index = 0; index < workers; index += 1) cluster.workers.push(cluster.startWorker(workerFlags));
    await Promise.all(cluster.workers.map((worker) => worker.firstJson()));
    return cluster;
  }

  startWorker(flags: readonly string[] = []): Program {
    const common = [
      this.address,
      '--nthreads',
      '1',
      '--no-dashboard',
      '--print-address-json',
      '--memory-limit',
      '1 GiB',
    ];
    return Program.binary('worker', [...common, ...flags], { GRID_TOKEN: TOKEN });
  }

  /** Kills the scheduler, as the system would. */
  async kill(): Promise<void> {
    this.#scheduler.kill('SIGKILL');
    await this.#scheduler.exited;
  }

  /** Starts another one in its place. */
  async restart(token = TOKEN): Promise<void> {
    this.#scheduler = startScheduler(this.address.replace(/^.*:/, ''), token);
    await this.#scheduler.firstJson();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#scheduler, ...this.workers].map((program) => program[Symbol.asyncDispose]()));
  }
}

function startScheduler(port: string, token: string): Program {
  return Program.binary('scheduler', ['--port', port, '--no-dashboard', '--print-address-json', '--allow-plugins'], {
    GRID_TOKEN: token,
  });
}
