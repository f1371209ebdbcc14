import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { DataSource, EntityManager } from 'typeorm';
import type { Settings } from '../settings.js';
import type { Cache } from './cache/cache.js';
import type { Clock } from './clock.js';
import type { RequestContext, Viewer } from './context.js';
import type { WithWorkspace } from './database/with-workspace.js';
import type { Authorise } from './graphql/access.js';
import type { Ask } from './http/ask.js';
import type { GetText } from './http/get-text.js';
import type { RateLimits } from './limits/rate-limits.js';
import type { Metrics } from './metrics/metrics.js';
import type { Network } from './net/network.js';
import type { SecretBox } from './secret-box.js';
import type { Quotas, UsageMeter } from './usage.js';

/** What the composition root hands to every module. */
export interface Services {
  settings: Settings;
  log: Logger;
  clock: Clock;
  cache: Cache;
  /** The way in to tenant data. */
  withWorkspace: WithWorkspace;
  /** The directory (organizations, users, sessions, members, workspaces) under the system role. */
  directory: DataSource;
  /** Puts a job into the queue, in the transaction that caused it. */
  enqueue: Enqueue;
  /** Who asks, from the session cookie or the API key of an HTTP request. Throws UNAUTHENTICATED for a bad key. */
  contextOf(request: FastifyRequest): Promise<RequestContext>;
  /** Who presents this API key; throws UNAUTHENTICATED when it is unknown, revoked or expired. */
  viewerOfKey(key: string): Promise<Viewer>;
  metrics: Metrics;
  /** Counts what is used. */
  meter: UsageMeter;
  /** What may be used. */
  quotas: Quotas;
  /** Keeps secrets that must be read again. */
  secrets: SecretBox;
  /** Says which servers may be reached, and reaches them. */
  network: Network;
  /** Asks other servers over HTTP. */
  ask: Ask;
  /** Asks other servers for a short text. */
  getText: GetText;
  /** Counts what each caller asks for. */
  rateLimits: RateLimits;
  /** The one authorisation, for routes that are not GraphQL. */
  authorise: Authorise;
}

/** Adds a job: `payload` always names its `workspaceId`. */
export type Enqueue = (
  manager: EntityManager,
  task: string,
  payload: { workspaceId: string } & Record<string, unknown>,
  options?: {
    key?: string;
    /** Jobs of one queue run one after another. */
    queue?: string;
    maxAttempts?: number;
    runAt?: Date;
  },
) => Promise<void>;

/** Runs one job. It may run again after a crash, so it must go on from what is committed. */
export type Task = (payload: unknown, run: TaskRun) => Promise<void>;

/** One run of a job. */
export interface TaskRun {
  /** Aborted when the worker stops: the job is then taken up elsewhere. */
  signal: AbortSignal;
  log: Logger;
  /** Whether the job is given up if this run fails. */
  isLastAttempt: boolean;
}

/** What a capability adds to the whole. */
export interface Module {
  /** TypeORM entity classes. */
  entities?: (new () => object)[];
  /** type-graphql resolver instances. */
  resolvers?: object[];
  /** What has a say in how GraphQL requests are answered. */
  graphqlPlugins?: ApolloServerPlugin<RequestContext>[];
  /** HTTP routes other than GraphQL. */
  routes?: (server: FastifyInstance) => void | Promise<void>;
  /** Jobs by name. */
  tasks?: Record<string, Task>;
  /** Jobs by name that may take hours. They have workers of their own: the others never wait for them. */
  longTasks?: Record<string, Task>;
  /**
   * Starts what the module does in the background once the databases are open.
   * @returns how to end it: called when no request and no job runs any more, before the databases are closed.
   */
  start?: () => () => Promise<void>;
}

/** A capability's entry in its index.ts. */
export type CreateModule = (services: Services) => Module;
