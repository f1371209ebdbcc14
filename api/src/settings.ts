import { resolve } from 'node:path';
import { z } from 'zod';
import { CannotStart } from './platform/errors.js';
import { isNetwork } from './platform/net/addresses.js';
import { secretKeyBytes } from './platform/secret-box.js';
import type { RatePolicy } from './platform/limits/rate-limits.js';

const url = (protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
const postgresUrl = url(['postgres:', 'postgresql:']);
const flag = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');
const whole = (least: number, most: number) =>
  z.coerce
    .number('must be a whole number')
    .int('must be a whole number')
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);

/** The nodes of a cluster, or one server. */
const redisUrls = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .pipe(z.array(url(['redis:', 'rediss:'])))
  .transform((urls) => urls.join(','));

/** A list of keys, each as base64: the first one seals, the others open what they have sealed. */
const secretKeys = z
  .string()
  .transform((text) => text.split(',').map((key) => Buffer.from(key.trim(), 'base64')))
  .refine((keys) => keys.every((key) => key.length === secretKeyBytes), {
    message: `must be ${secretKeyBytes} random bytes in base64, or several such keys with commas between them`,
  });

/** A list of networks, with commas between them. */
const networks = z
  .string()
  .transform((text) => text.split(',').map((network) => network.trim()))
  .refine((all) => all.every(isNetwork), {
    message: 'must be a network such as 10.1.0.0/16 or fd00::/8, or several with commas between them',
  });

/** Every variable that Coterie reads, with its default. README lists them; a test compares the two. */
export const settingsSchema = z.object({
  PORT: whole(0, 65_535).default(4000),
  HOST: z.string().min(1, 'must not be empty').default('127.0.0.1'),
  BASE_URL: url(['http:', 'https:']).optional(),
  DATA_DIR: z.string().min(1, 'must not be empty').default('.data'),
  EXPORT_DIR: z.string().min(1, 'must not be empty').optional(),
  DATABASE_URL: postgresUrl.optional(),
  APP_DATABASE_URL: postgresUrl.optional(),
  SYSTEM_DATABASE_URL: postgresUrl.optional(),
  DATABASE_POOL_SIZE: whole(2, 500).default(10),
  DATABASE_STATEMENT_SECONDS: whole(1, 3600).default(30),
  REDIS_URL: redisUrls.optional(),
  SET_CACHE_MB: whole(16, 65_536).default(256),
  RATE_LIMIT_REQUESTS: whole(0, 10_000_000).default(3000),
  RATE_LIMIT_COST: whole(0, 1_000_000_000).default(1_000_000),
  RATE_LIMIT_TRACKING: whole(0, 10_000_000).default(120_000),
  RATE_LIMIT_ADDRESS: whole(0, 10_000_000).default(600),
  METRICS_PORT: whole(0, 65_535).optional(),
  SIGN_UP: z.enum(['first', 'open', 'closed'], 'must be first, open or closed').default('first'),
  COOKIE_SECURE: flag.optional(),
  TRUST_PROXY: flag.default(false),
  SECRETS_KEY: secretKeys.optional(),
  PRIVATE_NETWORKS: networks.optional(),
  SMTP_URL: url(['smtp:', 'smtps:']).optional(),
  MAIL_FROM: z.string().min(1, 'must not be empty').optional(),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'must be a level of the log, such as info',
    )
    .default('info'),
});

/** The settings of one process. */
export interface Settings {
  /** 0 picks a free port. */
  port: number;
  host: string;
  /** Where people reach Coterie, without a slash at the end; links in invitations begin with it. */
  baseUrl: string;
  /** Absolute. Holds the embedded PostgreSQL. */
  dataDir: string;
  /** Where destinations of files may write; undefined: nowhere on this machine. */
  exportDir: string | undefined;
  /** The owner's connection, for migrations; without it PostgreSQL is embedded. */
  databaseUrl: string | undefined;
  /** Connections of the roles that serve requests; derived from `databaseUrl` unless given. */
  appDatabaseUrl: string | undefined;
  systemDatabaseUrl: string | undefined;
  databasePoolSize: number;
  /** How long a statement that serves a request may take. */
  databaseStatementSeconds: number;
  /** Of one server, or of several nodes of a cluster with commas between them. */
  redisUrl: string | undefined;
  /** Bytes of memory that a process keeps sets of contacts in. */
  setCacheBytes: number;
  /** How much each caller may ask for in a minute; 0 for as much as they like. */
  rateLimits: RatePolicy;
  /** Where Prometheus is told what is measured; nowhere unless given, 0 picks a free port. */
  metricsPort: number | undefined;
  /** Who may create an organization: the first person only, everybody, or nobody. */
  signUp: 'first' | 'open' | 'closed';
  /** Whether cookies travel over HTTPS only. */
  cookieSecure: boolean;
  /** Whether a proxy in front may say who the client is. */
  trustProxy: boolean;
  /**
   * What keeps secrets that must be read again, such as other services' keys; the first one seals. Empty where none is
   * given: beside an embedded database one is then kept, elsewhere nothing that holds such a secret can be set up.
   */
  secretKeys: readonly Buffer[];
  /** Networks that destinations may be in though they are private, unencrypted if need be; elsewhere only public addresses. */
  privateNetworks: readonly string[];
  /** The mail server; without one nothing that sends mail can be set up. */
  smtpUrl: string | undefined;
  /** Whom mail comes from, such as `Acme <hello@acme.example>`. */
  mailFrom: string;
  logLevel: string;
}

/**
 * Reads and checks the settings.
 * @param environment such as `process.env`; an empty variable counts as not set. Throws CannotStart, naming each
 *   variable that cannot be used and what is wrong with it.
 */
export function readSettings(environment: Record<string, string | undefined>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const checked = settingsSchema.safeParse(given);
  if (!checked.success) {
    const problems = checked.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new CannotStart(`These settings cannot be used: ${problems.join('; ')}.`);
  }
  const values = checked.data;
  const baseUrl = (values.BASE_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, '');
  return {
    port: values.PORT,
    host: values.HOST,
    baseUrl,
    dataDir: resolve(values.DATA_DIR),
    exportDir: values.EXPORT_DIR === undefined ? undefined : resolve(values.EXPORT_DIR),
    databaseUrl: values.DATABASE_URL,
    appDatabaseUrl: values.APP_DATABASE_URL,
    systemDatabaseUrl: values.SYSTEM_DATABASE_URL,
    databasePoolSize: values.DATABASE_POOL_SIZE,
    databaseStatementSeconds: values.DATABASE_STATEMENT_SECONDS,
    redisUrl: values.REDIS_URL,
    setCacheBytes: values.SET_CACHE_MB * 1024 * 1024,
    rateLimits: {
      requests: values.RATE_LIMIT_REQUESTS,
      cost: values.RATE_LIMIT_COST,
      tracking: values.RATE_LIMIT_TRACKING,
      address: values.RATE_LIMIT_ADDRESS,
    },
    metricsPort: values.METRICS_PORT,
    signUp: values.SIGN_UP,
    cookieSecure: values.COOKIE_SECURE ?? baseUrl.startsWith('https:'),
    trustProxy: values.TRUST_PROXY,
    secretKeys: values.SECRETS_KEY ?? [],
    privateNetworks: values.PRIVATE_NETWORKS ?? [],
    smtpUrl: values.SMTP_URL,
    mailFrom: values.MAIL_FROM ?? `coterie@${new URL(baseUrl).hostname}`,
    logLevel: values.LOG_LEVEL,
  };
}
