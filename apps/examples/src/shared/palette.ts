import picocolors from 'picocolors';

type Paint = (text: string) => string;

/** The few ways in which a report sets words off. */
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly cyan: Paint;
}

/** Colours for a terminal; the text alone where it goes to a file or a pipe, or where `NO_COLOR` asks for it. */
export function paletteFor(stream: { readonly isTTY?: boolean }): Palette {
  return picocolors.createColors(stream.isTTY === true && picocolors.isColorSupported);
}

/** Text without any colour. */
export const plainPalette: Palette = picocolors.createColors(false);
