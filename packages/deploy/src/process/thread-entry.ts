/* The file that threads of a worker process start with, bundled beside it. */
import '@grid/worker-core/thread-entry';
