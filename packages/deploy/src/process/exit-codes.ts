/** The process did not come up. */
export const EXIT_FAILED = 4;
