/**
 * For what is installed with a client, whose size has a budget: a quarter of the code was blanks. Names stay, and lines stay
 * short, so that stacks can be read.
 */
export const lean = {
  minifyWhitespace: true,
  esbuildOptions(options: { lineLimit?: number }): void {
    options.lineLimit = 120;
  },
};
