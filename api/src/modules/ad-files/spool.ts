import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/**
 * A file on its way out, on the disk of this machine. It is complete before its first byte is sent: a client that reads
 * slowly holds up no transaction, and what goes wrong is an error rather than half a file. It has no name from the
 * start, so that nothing of it stays behind, whatever happens to the process.
 */
export class Spool {
  readonly #handle: FileHandle;
  #size = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async open(): Promise<Spool> {
    const folder = await mkdtemp(join(tmpdir(), 'coterie-file-'));
    try {
      return new Spool(await open(join(folder, 'file'), 'wx+', 0o600));
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#size;
  }

  /** Adds to the end. */
  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    // Unlike write(), this goes on until all is written.
    await this.#handle.writeFile(bytes);
    this.#size += bytes.length;
  }

  /** Everything from the beginning; the file is gone when the stream ends or is destroyed. */
  read(): Readable {
    return this.#handle.createReadStream({ start: 0 });
  }

  async discard(): Promise<void> {
    await this.#handle.close();
  }
}
