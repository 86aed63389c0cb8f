import { AppError } from '@grid/app-kit';

const PORT_MAX = 65_535;

/** The ports that `--worker-port` names, in order: one, or `FIRST:LAST` for the first of them that is free. */
export function portsOf(text: string): readonly number[] {
  const [, first = '', last = first] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  const isRange = first !== last;
  if (first === '' || to > PORT_MAX || from > to || (isRange && from === 0)) {
    throw new AppError(
      'GRID_APP_BAD_OPTION',
      `--worker-port is '${text}'; it must be a port, or a range such as 3000:3026`,
    );
  }
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
