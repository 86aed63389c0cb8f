/** The process did not come up. */
export const EXIT_FAILED = 4;

/** The worker lost its scheduler. The binaries exit with the same code. */
export const EXIT_LOST_SCHEDULER = 5;
