const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A horizontal bar for a terminal, exact to an eighth of a character. Nothing for values below zero.
 *
 * @param share - Of the longest bar, 0 to 1.
 * @param width - Of the longest bar, in characters.
 */
export function bar(share: number, width: number): string {
  const eighths = Math.max(0, Math.round(share * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}
