import { createLog } from '../../api/src/platform/log.js';

/** What a log wrote, a line an entry. */
export interface TestLog {
  log: ReturnType<typeof createLog>;
  entries: Record<string, unknown>[];
  /** Everything that was written. */
  text(): string;
}

/** A log as the application writes it, at the most talkative level, kept in memory. */
export function keepLog(): TestLog {
  const lines: string[] = [];
  const entries: Record<string, unknown>[] = [];
  const write = (line: string): void => {
    lines.push(line);
    entries.push(JSON.parse(line) as Record<string, unknown>);
  };
  return { log: createLog('trace', { write }), entries, text: () => lines.join('') };
}
