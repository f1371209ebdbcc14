import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The browser of the machine. */
export function chromiumOnPath(): string {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'chromium'))
    .find((program) => existsSync(program));
  if (!found) throw new Error('The builder is measured in Chromium: put `chromium` on PATH.');
  return found;
}
