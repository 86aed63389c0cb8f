import { sharedOptions } from '@grid/app-kit';
import type { InferredOptionTypes } from 'yargs';

/** Flags of `grid-worker`; names and meanings are those of `dask worker`. */
export const workerOptions = {
  ...sharedOptions,
  nanny: {
    type: 'boolean',
    default: true,
    describe: 'Whether the worker gets a process of its own, which is started anew when it dies; --no-nanny for not.',
  },
  nthreads: { type: 'number', describe: 'Threads that run tasks. Default: the number of cores.' },
  'memory-limit': {
    type: 'string',
    default: 'auto',
    describe: "Memory to use: bytes, '4 GiB', or 'auto' for the machine's.",
  },
  resources: { type: 'string', describe: "What this worker has of abstract resources: 'GPU=2 MEM=10e9'." },
  executor: {
    type: 'string',
    describe: "Threads for tasks that name their executor: 'gpu=1 io=4'.",
  },
  'memory-target-fraction': {
    type: 'string',
    describe: "Part of the memory limit in results beyond which they go to disk, or 'false'. Default: 0.6.",
  },
  'memory-spill-fraction': {
    type: 'string',
    describe: "The same for the memory of the process as a whole, or 'false'. Default: 0.7.",
  },
  'memory-pause-fraction': {
    type: 'string',
    describe: "Part of it beyond which nothing new is started, or 'false'. Default: 0.8.",
  },
  'memory-terminate-fraction': {
    type: 'string',
    describe: "Part of it beyond which the nanny kills the worker, or 'false'. Default: 0.95.",
  },
  'max-spill': { type: 'string', describe: "Size of the results on disk: bytes or '100 GiB'. Default: no limit." },
  'local-directory': {
    type: 'string',
    describe: "Folder for this worker's files. Default: the system's for temporary files.",
  },
  name: { type: 'string', describe: 'Name of this worker, unique in its cluster. Default: its address.' },
  'worker-port': {
    type: 'string',
    default: '0',
    describe: "Port to listen on; 0 for any that is free, '3000:3026' for the first of these that is.",
  },
  'contact-address': {
    type: 'string',
    describe: 'Address that peers are told to use, where it differs from the one listened on.',
  },
  'dashboard-address': { ...sharedOptions['dashboard-address'], default: '127.0.0.1:0' },
  'death-timeout': {
    type: 'string',
    default: '60s',
    describe: 'How long to look for the scheduler before giving up.',
  },
  'scheduler-file': {
    type: 'string',
    describe: 'File in which the scheduler wrote its address, in place of the address.',
  },
  'preload-nanny': {
    type: 'string',
    array: true,
    default: [] as string[],
    describe: 'The same as --preload for the nanny, which is another process.',
  },
  'scheduler-reconnect-timeout': {
    type: 'string',
    default: '60s',
    describe:
      'Look so long for another scheduler at the same address when it is gone, with all results kept; 0s ends at once.',
  },
  lifetime: {
    type: 'string',
    describe: "Leave in order after so long, such as '1h': results are moved first. Default: never.",
  },
  'lifetime-stagger': {
    type: 'string',
    default: '0s',
    describe: 'Leave earlier or later by up to so much, by chance, so that not all workers leave at once.',
  },
  'lifetime-restart': {
    type: 'boolean',
    default: false,
    describe: 'Whether the nanny starts another worker then.',
  },
  profile: {
    type: 'boolean',
    default: false,
    describe: 'Whether to sample what tasks do from the start on, rather than when somebody asks client.profile().',
  },
  'profile-interval': { type: 'string', default: '10ms', describe: 'Time between two samples of a thread.' },
  'profile-cycle': { type: 'string', default: '1s', describe: 'How finely times of samples are told apart.' },
  root: {
    type: 'string',
    describe: 'Folder from which packages are resolved that tasks import. Default: the working directory.',
  },
} as const;

/** What the flags come to. */
export type WorkerArguments = InferredOptionTypes<typeof workerOptions> & { readonly scheduler?: string | undefined };
