import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A certificate that was signed by its own key, as PEM. */
export interface MadeCertificate {
  pem: string;
  privateKey: KeyObject;
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const integer = (value: number): Buffer => der(0x02, Buffer.from([value]));
/** sha256WithRSAEncryption. */
const algorithm = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05));
const name = (text: string): Buffer =>
  sequence(der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(text)))));
const time = (instant: Date): Buffer =>
  der(
    0x17,
    Buffer.from(
      `${instant
        .toISOString()
        .replaceAll(/[-:T]|\.\d+/gu, '')
        .slice(2)}`,
    ),
  );

/** Makes an RSA key and its certificate (RFC 5280), of the kind that Amazon SNS signs with. */
export function makeCertificate({ from, to }: { from: Date; to: Date }): MadeCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const who = name('sns.amazonaws.com');
  const key = publicKey.export({ format: 'der', type: 'spki' });
  const body = sequence(
    der(0xa0, integer(2)),
    integer(1),
    algorithm,
    who,
    sequence(time(from), time(to)),
    who,
    key,
  );
  const signature = der(0x03, Buffer.of(0), sign('sha256', body, privateKey));
  const lines = sequence(body, algorithm, signature)
    .toString('base64')
    .match(/.{1,64}/gu)!;
  const pem = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
  return { pem, privateKey };
}
