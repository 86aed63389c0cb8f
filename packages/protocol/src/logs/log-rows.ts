import type { KeptLine, LogRing } from '@grid/common';

import { ProtocolError } from '../errors.js';
import { OUTPUT_SOURCES } from '../messages/task-output.js';
import { textColumn } from '../wire/text-column.js';
import type { MessageWith } from '../messages/all-messages.js';

/** Lines of logs as they travel, a row each. */
export type LogRows = MessageWith<'logs-written'>['rows'];

/** Packs lines for a message. */
export function toLogRows(lines: readonly KeptLine[]): LogRows {
  return {
    times: lines.map(({ at }) => at),
    sources: lines.map(({ source }) => OUTPUT_SOURCES.indexOf(source)),
    texts: textColumn(lines.map(({ text }) => text)),
    fields: textColumn(lines.map(({ fields }) => fields)),
  };
}

/**
 * Unpacks them.
 *
 * @throws {@link ProtocolError} `GRID_PROTOCOL_BAD_MESSAGE` if the columns do not fit each other
 */
export function fromLogRows({ times, sources, texts, fields }: LogRows): KeptLine[] {
  return Array.from(times, (at, row) => {
    const source = OUTPUT_SOURCES[sources[row] ?? -1];
    if (source === undefined || row >= texts.length || row >= fields.length)
      throw new ProtocolError('GRID_PROTOCOL_BAD_MESSAGE', 'columns of log lines do not fit each other');
    return { at, source, text: texts.at(row), fields: fields.at(row) };
  });
}

/** Answers what is asked about the log of the process that is asked. */
export function answerGetLogs(
  ring: LogRing,
  { count, charsMax }: MessageWith<'get-logs'>,
): MessageWith<'get-logs-reply'> {
  const rows = toLogRows(ring.last(count, charsMax));
  return { op: 'get-logs-reply', servers: [{ server: '', rows, problem: '' }] };
}
