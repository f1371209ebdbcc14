import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** Bytes read at a time from a spool that still grows. */
const pieceSize = 64 * 1024;

/**
 * A file on its way out, on the disk of this machine: a client that reads slowly holds up no transaction. It can be sent
 * when it is complete, and what went wrong is then an error rather than half a file; or while it grows, so that one which
 * takes minutes to write begins at once. It has no name from the start, so that nothing of it stays behind, whatever
 * happens to the process.
 */
export class Spool {
  readonly #handle: FileHandle;
  #size = 0;
  #end: { error?: unknown } | undefined;
  #wake: () => void = () => undefined;

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
    this.#wake();
  }

  /** Everything from the beginning; the file is gone when the stream ends or is destroyed. */
  read(): Readable {
    return this.#handle.createReadStream({ start: 0 });
  }

  /** Says that nothing more will be written, to who follows; with an error, that something is missing. */
  end(error?: unknown): void {
    this.#end = { error };
    this.#wake();
  }

  /**
   * Everything from the beginning, and what is written from now on, until {@link end}. The stream fails with the error
   * that it is given; the file is gone when the stream has ended or is destroyed, and the writer too.
   */
  follow(): Readable {
    const stream = Readable.from(this.#pieces(), { objectMode: false });
    // A write under way is finished first; the next one fails.
    stream.once('close', () => void this.discard());
    return stream;
  }

  async *#pieces(): AsyncGenerator<Buffer> {
    for (let position = 0; ;) {
      if (position < this.#size) {
        const { buffer, bytesRead } = await this.#handle.read(
          Buffer.alloc(pieceSize),
          0,
          pieceSize,
          position,
        );
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      } else if (this.#end) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return;
      } else {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }

  async discard(): Promise<void> {
    await this.#handle.close();
  }
}
