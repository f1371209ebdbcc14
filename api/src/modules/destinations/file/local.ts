import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DestinationFailure } from '../destination.js';
import type { Storage } from './storage.js';

/** Files in a folder of this machine, readable by who runs Coterie alone. */
export function localStorage(folder: string): Storage {
  return {
    read: (name) =>
      readFile(join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw failureOf(error);
      }),
    async write(name, text) {
      const path = join(folder, name);
      // One name for it: what a process left that was killed is written over. One run at a time writes a file.
      const unfinished = `${path}.part`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        const file = await open(unfinished, 'w', 0o600);
        try {
          await file.writeFile(text);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(unfinished, path);
        await syncFolder(dirname(path));
      } catch (error) {
        await rm(unfinished, { force: true });
        throw failureOf(error as NodeJS.ErrnoException);
      }
    },
    remove: (name) => rm(join(folder, name), { force: true }),
  };
}

/** Only then does a new name outlast a loss of power. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

function failureOf(error: NodeJS.ErrnoException): DestinationFailure {
  if (error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS')
    return new DestinationFailure('refused', 'The folder for files cannot be written to (EXPORT_DIR).', {
      cause: error,
    });
  if (error.code === 'ENOSPC')
    return new DestinationFailure('busy', 'The disk for files is full.', { cause: error });
  return new DestinationFailure('refused', `The file cannot be kept: ${error.code ?? 'unknown trouble'}.`, {
    cause: error,
  });
}
