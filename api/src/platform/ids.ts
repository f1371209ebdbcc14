import { randomFillSync } from 'node:crypto';
import { v7, validate } from 'uuid';

const bytesOfId = 16;
/** Drawn for many ids at once: asking the system for each of them would take longer than all that is done with it. */
const random = new Uint8Array(256 * bytesOfId);
let used = random.length;
/** The millisecond of the last id, and the number that orders the ids of one millisecond. */
let lastMillisecond = 0;
let sequence = 0;

/** A new id: UUID version 7, so that ids made later sort later. Made here because PostgreSQL has it only from 18 on. */
export function newId(): string {
  const bytes = takeRandom();
  const now = Date.now();
  if (now > lastMillisecond) {
    lastMillisecond = now;
    // Half of the numbers are left for those that follow within the millisecond.
    sequence = new DataView(bytes.buffer, bytes.byteOffset).getUint32(6) >>> 1;
  } else sequence += 1;
  return v7({ random: bytes, msecs: lastMillisecond, seq: sequence });
}

function takeRandom(): Uint8Array {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += bytesOfId;
  return random.subarray(used - bytesOfId, used);
}

/** Whether the text is a UUID of any version, in canonical form. */
export function isId(text: string): boolean {
  return validate(text);
}
