import type { Clock } from '../../platform/clock.js';
import { keyOf, type Viewer } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { currentOperation, outsideOperation } from '../../platform/operation.js';
import type { Quotas, UsageMeter, UsageMetric } from '../../platform/usage.js';
import { listQuotas, type QuotaRow } from './usage.repository.js';

/** How long a process goes by the quotas and counts that it has read, in milliseconds, unless it stores others. */
export const quotasHold = 10_000;
/** How many workspaces are remembered. */
const mostRemembered = 10_000;

/** Operations that need a quota of what they make. */
const quotaOfOperation: Record<string, UsageMetric> = {
  upsertContact: 'contacts',
  upsertContacts: 'contacts',
  recordSignals: 'contacts',
  'POST /v1/imports': 'contacts',
};

/** Says whether a workspace may use more, by quotas and counts that are read once in a while. */
export class QuotaBook implements Quotas {
  readonly #withWorkspace: WithWorkspace;
  readonly #meter: UsageMeter;
  readonly #clock: Clock;
  readonly #read = new Map<string, { quotas: Promise<QuotaRow[]>; until: number }>();
  /** Workspaces that a request was counted for. */
  readonly #called = new WeakMap<AbortSignal, Set<string>>();

  constructor(services: { withWorkspace: WithWorkspace; meter: UsageMeter; clock: Clock }) {
    this.#withWorkspace = services.withWorkspace;
    this.#meter = services.meter;
    this.#clock = services.clock;
  }

  async require(workspaceId: string, metric: UsageMetric): Promise<void> {
    const quota = (await this.quotasOf(workspaceId)).find((one) => one.metric === metric);
    if (!quota) return;
    const used = quota.used + this.#meter.pendingOf(workspaceId, metric);
    if (used < quota.monthly) return;
    const message = `The workspace has used its quota of ${quota.monthly} ${metric.replace('_', ' ')} for this month.`;
    throw new Failure('QUOTA_EXCEEDED', message, { path: metric });
  }

  async countCall(signal: AbortSignal, workspaceId: string, viewer: Viewer): Promise<void> {
    const known = this.#called.get(signal) ?? new Set<string>();
    this.#called.set(signal, known);
    const keyId = keyOf(viewer);
    if (!known.has(workspaceId)) {
      known.add(workspaceId);
      if (keyId) await this.require(workspaceId, 'api_calls');
      this.#meter.count(workspaceId, 'api_calls', 1, keyId);
    }
    const needed = quotaOfOperation[currentOperation()?.name ?? ''];
    if (needed) await this.require(workspaceId, needed);
  }

  /** The quotas of a workspace, and what this month had used of them when they were read. */
  async quotasOf(workspaceId: string): Promise<QuotaRow[]> {
    const known = this.#read.get(workspaceId);
    if (known && known.until > Date.now()) return known.quotas;
    const month = `${this.#clock.now().toISOString().slice(0, 7)}-01`;
    const quotas = outsideOperation(() => this.#withWorkspace(workspaceId, (tx) => listQuotas(tx, month)));
    if (this.#read.size >= mostRemembered) this.#read.clear();
    this.#read.set(workspaceId, { quotas, until: Date.now() + quotasHold });
    quotas.catch(() => this.#read.delete(workspaceId));
    return quotas;
  }

  /** Forgets what was read of a workspace, because this process has stored something else since. */
  forget(workspaceId: string): void {
    this.#read.delete(workspaceId);
  }
}
