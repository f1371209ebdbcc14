/*
 * The places of contacts in a sample, many at a time. A place is the first 32 bits of an MD5, and there is one to be
 * reckoned for each contact: a call of a library for each of a million takes a second, and PostgreSQL takes longer.
 */

const uuidBytes = 16;
/** Its text: 32 digits and four hyphens. */
const uuidLength = 36;

const constants = Int32Array.from(
  { length: 64 },
  (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32) | 0,
);
const rotations = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
const shifts = Uint8Array.from({ length: 64 }, (_, round) => rotations[round >>> 4]![round & 3]!);
const initial = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476] as const;
const digits = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/**
 * Gives what tells a contact's place: a whole number from 0 to below 2^32, the first 32 bits of MD5(salt:id).
 * @returns a function of where the id lies, 16 bytes of it, in the bytes.
 */
export function placesIn(salt: string, ids: Uint8Array): (offset: number) => number {
  const prefix = Buffer.from(`${salt}:`);
  const length = prefix.length + uuidLength;
  const message = new Uint8Array(64 * Math.ceil((length + 9) / 64));
  message.set(prefix);
  message[length] = 0x80;
  new DataView(message.buffer).setUint32(message.length - 8, length * 8, true);
  const words = new Int32Array(message.buffer);
  const state = Int32Array.from(initial);
  // What lies before the id is the same for all of them.
  const before = Math.floor(prefix.length / 64);
  for (let block = 0; block < before; block += 1) digest(state, words, 16 * block);
  const begin = state.slice();
  return (offset) => {
    writeUuid(message, prefix.length, ids, offset);
    state.set(begin);
    for (let block = before; 64 * block < message.length; block += 1) digest(state, words, 16 * block);
    return swapped(state[0]!);
  };
}

function swapped(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

/** Writes an id as text. */
function writeUuid(message: Uint8Array, at: number, ids: Uint8Array, offset: number): void {
  let place = at;
  for (let index = 0; index < uuidBytes; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) message[place++] = 45;
    const byte = ids[offset + index]!;
    message[place++] = digits[byte >>> 4]!;
    message[place++] = digits[byte & 15]!;
  }
}

/** Works a block of 64 bytes into the state; see RFC 1321. */
function digest(state: Int32Array, words: Int32Array, at: number): void {
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  for (let round = 0; round < 64; round += 1) {
    const quarter = round >>> 4;
    let mixed: number;
    let word: number;
    if (quarter === 0) {
      mixed = (b & c) | (~b & d);
      word = round;
    } else if (quarter === 1) {
      mixed = (d & b) | (~d & c);
      word = (5 * round + 1) & 15;
    } else if (quarter === 2) {
      mixed = b ^ c ^ d;
      word = (3 * round + 5) & 15;
    } else {
      mixed = c ^ (b | ~d);
      word = (7 * round) & 15;
    }
    const sum = (a + mixed + constants[round]! + words[at + word]!) | 0;
    const bits = shifts[round]!;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << bits) | (sum >>> (32 - bits)))) | 0;
  }
  state[0] = (state[0]! + a) | 0;
  state[1] = (state[1]! + b) | 0;
  state[2] = (state[2]! + c) | 0;
  state[3] = (state[3]! + d) | 0;
}
