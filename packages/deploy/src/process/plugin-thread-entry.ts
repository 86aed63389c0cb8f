/* The file that the thread of plugins starts with, in the scheduler's process and in those of workers, bundled beside them. */
import '@grid/plugins/thread-entry';
