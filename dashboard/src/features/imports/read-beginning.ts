import Papa from 'papaparse';

/** The beginning of a CSV file, as it can be seen before it is sent. */
export interface Beginning {
  headers: string[];
  /** The first rows; as many as the API goes by. */
  rows: string[][];
}

/** Rows that are read: as many as the API goes by. */
const mostRows = 200;
/** Bytes that are read: enough for those rows in any file that people have. */
const mostBytes = 1024 * 1024;

/** Reads the beginning of a file, in UTF-8, UTF-16 or, where it is neither, Windows-1252. */
export async function readBeginning(file: File): Promise<Beginning> {
  const bytes = new Uint8Array(await file.slice(0, mostBytes).arrayBuffer());
  const { data } = Papa.parse<string[]>(decode(bytes, file.size > mostBytes), {
    preview: mostRows + 1,
    skipEmptyLines: 'greedy',
    delimitersToGuess: [',', ';', '\t'],
  });
  const [headers = [], ...rows] = data;
  return { headers: headers.map((header) => header.trim()), rows };
}

function decode(bytes: Uint8Array, isCut: boolean): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    // A character may have been cut in two at the end: that is no sign of another encoding.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
