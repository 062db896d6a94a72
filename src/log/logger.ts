import { type Logger as PinoLogger, pino } from 'pino';
import { jsonText, safeJson } from '../source/text.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Logger extends PinoLogger {
  /** Logs a decision. Its line is made in one piece, as there is one for each request, and pino looks at every field. */
  decision(fields: Readonly<Record<string, unknown>>): void;
}

/**
 * Logs JSON lines: `level` as a word and `time` as RFC 3339. Names come from callers, and nobody has checked them yet, while
 * people read logs in a terminal (CWE-117, CWE-150). JSON escapes line ends and other characters below U+0020; every other
 * character that moves the cursor is escaped here.
 * @param later takes a function that makes a line, where that can wait; lines stay in order
 */
export function createLogger(
  level: LogLevel,
  write: (line: string) => void,
  later = (make: () => string): void => write(make()),
): Logger {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: word => ({ level: word }) },
    },
    { write: (line: string) => write(safeJson(line)) },
  );
  return Object.assign(logger, {
    decision: (fields: Readonly<Record<string, unknown>>) => {
      if (!logger.isLevelEnabled('info')) return;
      const time = Date.now();
      later(() => decisionLine(time, fields));
    },
  });
}

/**
 * The fields are written separately: if they were first put into one object with the rest, V8 would take nearly twice as long
 * for the line.
 */
function decisionLine(time: number, fields: Readonly<Record<string, unknown>>): string {
  const own = jsonText(fields).slice(1, -1);
  return `{"level":"info","time":"${new Date(time).toISOString()}",${own},"msg":"decision"}\n`;
}
