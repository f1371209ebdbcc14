/** Where files are kept. Names are paths with slashes, below the folder of the destination. */
export interface Storage {
  /** The whole file; undefined when there is none. Throws `DestinationFailure`. */
  read(name: string): Promise<string | undefined>;
  /** Puts a file in the place of the one before: whoever reads sees one or the other, never a half. */
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Bytes of one file at most, some 300,000 rows: a file is changed as a whole, in memory. */
export const largestFile = 40 * 1024 * 1024;
