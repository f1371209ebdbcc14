import type { DestinationDefinitionInput, DestinationKind } from '@coterie/client';

/** What one field of a destination asks for. */
export interface Field {
  name: string;
  label: string;
  help?: string;
  placeholder?: string;
  /** Kept encrypted and never shown again. */
  secret?: boolean;
  required?: boolean;
  /** Few need it: it is shown on demand. */
  rare?: boolean;
  /** Shown only where another field says this. */
  onlyWith?: Record<string, string>;
  type?: 'number' | 'text' | 'long' | 'list' | 'headers';
  choices?: { value: string; label: string }[];
}

type Input = Required<DestinationDefinitionInput>;
/** The kinds as the input names them. */
export type KindKey = keyof Input;

export const keyOf: Record<DestinationKind, KindKey> = {
  META: 'meta',
  GOOGLE: 'google',
  LINKEDIN: 'linkedin',
  TIKTOK: 'tiktok',
  X: 'x',
  MICROSOFT: 'microsoft',
  FILE: 'file',
  WEBHOOK: 'webhook',
  SMTP: 'smtp',
};

type FieldsOf<Key extends KindKey> = (Field & { name: keyof NonNullable<Input[Key]> & string })[];

const accessToken = {
  name: 'accessToken',
  label: 'Access token',
  secret: true,
  required: true,
} as const satisfies Field;
const apiAddress = {
  name: 'baseUrl',
  label: 'Address of the API',
  help: 'Only where you reach it through a gateway.',
  rare: true,
} as const satisfies Field;
const tokenAddress = {
  name: 'tokenUrl',
  label: 'Address that hands out tokens',
  help: 'Only where you reach it through a gateway.',
  rare: true,
} as const satisfies Field;
const apiVersion = (example: string) =>
  ({
    name: 'apiVersion',
    label: 'Version of the API',
    help: `A current one unless you enter another, such as ${example}.`,
    rare: true,
  }) as const satisfies Field;

/** The fields of each kind, in the order of the form. A name that the API does not know does not compile. */
export const fields: { [Key in KindKey]: FieldsOf<Key> } = {
  meta: [
    {
      name: 'adAccountId',
      label: 'Ad account',
      help: 'Its number, in Ads Manager under Settings.',
      placeholder: 'act_1234567890',
      required: true,
    },
    { ...accessToken, help: 'Of a system user that may manage audiences of the account.' },
    {
      name: 'source',
      label: 'Whom the data are from',
      choices: [
        { value: 'USER_PROVIDED_ONLY', label: 'From the people themselves' },
        { value: 'PARTNER_PROVIDED_ONLY', label: 'From partners' },
        { value: 'BOTH_USER_AND_PARTNER_PROVIDED', label: 'From both' },
      ],
    },
    apiVersion('v25.0'),
    apiAddress,
  ],
  google: [
    { name: 'customerId', label: 'Customer id', placeholder: '123-456-7890', required: true },
    {
      name: 'loginCustomerId',
      label: 'Customer id of the manager account',
      help: 'Only when its user signed in.',
      placeholder: '123-456-7890',
    },
    { name: 'clientId', label: 'OAuth client id', secret: true, required: true },
    { name: 'clientSecret', label: 'OAuth client secret', secret: true, required: true },
    {
      name: 'refreshToken',
      label: 'Refresh token',
      help: 'For the scope https://www.googleapis.com/auth/datamanager.',
      secret: true,
      required: true,
    },
    {
      name: 'membershipDays',
      label: 'Days that somebody stays in a list',
      help: '1 to 540; 540 unless you enter fewer.',
      type: 'number',
    },
    {
      name: 'memberData',
      label: 'What a member’s data are called in requests',
      choices: [
        { value: 'compositeData', label: 'compositeData' },
        { value: 'userData', label: 'userData' },
      ],
      rare: true,
    },
    apiAddress,
    tokenAddress,
  ],
  linkedin: [
    { name: 'adAccountId', label: 'Ad account', help: 'Its number.', required: true },
    { ...accessToken, help: 'Of a member who may manage audiences of the account.' },
    {
      name: 'sourcePlatform',
      label: 'Source platform',
      help: 'FIRST_PARTY unless LinkedIn gave you another.',
      rare: true,
    },
    {
      name: 'waitSeconds',
      label: 'Seconds before the first members',
      help: '0 to 3,600; 10 unless you enter another number.',
      type: 'number',
      rare: true,
    },
    apiVersion('202610'),
    apiAddress,
  ],
  tiktok: [
    { name: 'advertiserId', label: 'Advertiser id', required: true },
    { ...accessToken, help: 'The long-lived one.' },
    {
      name: 'batchSize',
      label: 'Members in one call',
      help: '1 to 10,000; 1,000 unless you enter another number.',
      type: 'number',
      rare: true,
    },
    apiAddress,
  ],
  x: [
    { name: 'accountId', label: 'Ads account', placeholder: '18ce54d4x5t', required: true },
    { name: 'consumerKey', label: 'Key of the application', secret: true, required: true },
    { name: 'consumerSecret', label: 'Secret of the application', secret: true, required: true },
    { ...accessToken },
    { name: 'accessTokenSecret', label: 'Secret of the access token', secret: true, required: true },
    apiVersion('12'),
    apiAddress,
  ],
  microsoft: [
    { name: 'customerId', label: 'Customer id', required: true },
    { name: 'accountId', label: 'Account id', required: true },
    { name: 'developerToken', label: 'Developer token', secret: true, required: true },
    { name: 'clientId', label: 'OAuth client id', secret: true, required: true },
    { name: 'clientSecret', label: 'OAuth client secret', secret: true, required: true },
    {
      name: 'refreshToken',
      label: 'Refresh token',
      help: 'For the scope https://ads.microsoft.com/msads.manage.',
      secret: true,
      required: true,
    },
    apiAddress,
    tokenAddress,
  ],
  file: [
    {
      name: 'storage',
      label: 'Where they are kept',
      choices: [
        { value: 'local', label: 'In a folder of this installation' },
        { value: 's3', label: 'In storage that speaks S3' },
      ],
    },
    {
      name: 'folder',
      label: 'Folder',
      help: 'Within that; none unless you enter one.',
      placeholder: 'audiences/daily',
    },
    { name: 'bucket', label: 'Bucket', onlyWith: { storage: 's3' } },
    {
      name: 'region',
      label: 'Region',
      help: 'us-east-1 unless you enter another.',
      onlyWith: { storage: 's3' },
    },
    { name: 'accessKeyId', label: 'Id of the access key', secret: true, onlyWith: { storage: 's3' } },
    { name: 'secretAccessKey', label: 'Secret access key', secret: true, onlyWith: { storage: 's3' } },
    {
      name: 'endpoint',
      label: 'Address of the storage',
      help: 'For others than Amazon’s.',
      placeholder: 'https://minio.example',
      onlyWith: { storage: 's3' },
      rare: true,
    },
  ],
  webhook: [
    { name: 'url', label: 'Address', placeholder: 'https://crm.acme.example/hooks/coterie', required: true },
    {
      name: 'eventTypes',
      label: 'What it is told of',
      help: 'Types of events, one a line, such as contact.entered. All of them when none is named.',
      type: 'list',
    },
    {
      name: 'headers',
      label: 'Headers of each call',
      help: 'One a line, such as X-Team: growth. Whoever sees the destination sees them too.',
      type: 'headers',
      rare: true,
    },
    {
      name: 'secret',
      label: 'Signing secret',
      help: 'One is made for you unless you enter your own.',
      placeholder: 'whsec_…',
      secret: true,
      rare: true,
    },
  ],
  smtp: [
    { name: 'host', label: 'Server', placeholder: 'smtp.acme.example', required: true },
    {
      name: 'tls',
      label: 'Encryption',
      choices: [
        { value: 'starttls', label: 'STARTTLS' },
        { value: 'implicit', label: 'TLS from the beginning' },
        { value: 'none', label: 'None, within your own network' },
      ],
    },
    {
      name: 'port',
      label: 'Port',
      help: 'The usual one unless you enter another.',
      placeholder: '587',
      type: 'number',
    },
    { name: 'user', label: 'User', secret: true },
    { name: 'password', label: 'Password', secret: true },
    { name: 'fromAddress', label: 'Mail is from', placeholder: 'hello@acme.example', required: true },
    { name: 'fromName', label: 'With the name', placeholder: 'Acme' },
    { name: 'replyTo', label: 'Answers go to', help: 'To the same address unless you enter another.' },
    { name: 'dkimDomain', label: 'DKIM domain', placeholder: 'acme.example', rare: true },
    { name: 'dkimSelector', label: 'DKIM selector', placeholder: 'mail2026', rare: true },
    { name: 'dkimKey', label: 'DKIM private key', help: 'In PEM.', type: 'long', secret: true, rare: true },
    {
      name: 'maxConnections',
      label: 'Connections at a time',
      help: '1 to 20; 5 unless you enter another number.',
      type: 'number',
      rare: true,
    },
    {
      name: 'messagesPerSecond',
      label: 'Messages in a second',
      help: 'As many as the server takes unless you enter a number.',
      type: 'number',
      rare: true,
    },
  ],
};

/** Where the API finds a mistake in a field, of every kind. */
export function placesOf(path: string): string[] {
  return Object.entries(fields).flatMap(([key, each]) => each.map(({ name }) => `${path}.${key}.${name}`));
}

/** What was typed, by field. */
export type Values = Record<string, string>;

/** Whether a field is asked for, as far as the others are filled in. */
export function isAsked({ onlyWith = {} }: Field, values: Values): boolean {
  return Object.entries(onlyWith).every(([name, value]) => values[name] === value);
}

/** What was typed as the API takes it; what was left empty is left out. */
export function toDefinition(key: KindKey, values: Values): DestinationDefinitionInput {
  const entries = fields[key].flatMap((field): [string, unknown][] => {
    const value = (values[field.name] ?? '').trim();
    const { type = 'text' } = field as Field;
    // An empty list says that there is none; anything else that is empty says nothing.
    if (type === 'list' && values[field.name] !== undefined) return [[field.name, linesOf(value)]];
    if (type === 'headers' && values[field.name] !== undefined)
      return [[field.name, linesOf(value).map(toHeader)]];
    if (value === '') return [];
    return [[field.name, type === 'number' ? Number(value) : value]];
  });
  return { [key]: Object.fromEntries(entries) } as unknown as DestinationDefinitionInput;
}

/** A setting as the form shows it. */
export function toValue(field: Field, stored: string): string {
  if (field.type === 'list') return (JSON.parse(stored) as string[]).join('\n');
  if (field.type === 'headers')
    return (JSON.parse(stored) as { name: string; value: string }[])
      .map(({ name, value }) => `${name}: ${value}`)
      .join('\n');
  return stored;
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

function toHeader(line: string): { name: string; value: string } {
  const [name = '', ...rest] = line.split(':');
  return { name: name.trim(), value: rest.join(':').trim() };
}
