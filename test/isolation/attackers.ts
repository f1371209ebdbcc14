import type { Pool } from 'pg';
import { createTenant, imagineTenant, type Caller, type CallerKind, type Tenant } from './tenants.js';

/** A tenant, and what of it is sent: in a probe another tenant's own, then made-up ones in their place. */
export interface Stranger {
  tenant: Tenant;
  /** The last cursors of its connections, by `Segment.members`. */
  cursors: ReadonlyMap<string, string>;
}

/** A tenant that is asked for, beside one that does not exist. */
export interface Victim {
  real: Stranger;
  made: Stranger;
}

/** Who sends probes, one after the other. */
export interface Attacker {
  home: Tenant;
  callers: Map<CallerKind, Caller>;
  /** A tenant of the same organization. */
  sibling: Victim;
}

/** Makes an attacker who moves in with the sibling. */
export async function createAttacker(owner: Pool, sibling: Victim): Promise<Attacker> {
  const attacker = { home: imagineTenant(), callers: new Map(), sibling };
  // Lists go by name: the sibling stands last in them, whatever the home of the moment is called.
  await owner.query(`update workspaces set name = 'zz' || name where id = $1`, [
    sibling.real.tenant.workspaceId,
  ]);
  await moveHome(owner, attacker);
  return attacker;
}

/** Gives an attacker another tenant, as new as the last one was, with the same sibling. */
export async function moveHome(owner: Pool, attacker: Attacker): Promise<void> {
  attacker.home = await createTenant(owner);
  attacker.callers = new Map();
  await owner.query('update workspaces set organization_id = $1 where id = $2', [
    attacker.home.organizationId,
    attacker.sibling.real.tenant.workspaceId,
  ]);
}

/** Somebody at the attacker's home. */
export async function callerOf(owner: Pool, { home, callers }: Attacker, kind: CallerKind): Promise<Caller> {
  const caller = callers.get(kind) ?? (await kind.open(owner, home));
  callers.set(kind, caller);
  return caller;
}

/** A tenant's values, each with a word for it: what an answer is freed of before it is compared. */
export function wordsFor(whose: string, tenant: Tenant): [value: string, word: string][] {
  return Object.entries(tenant).map(([name, value]) => [value, `${whose} ${name}`]);
}

/** What of a tenant an answer shows that the question did not. */
export function shownOf(tenant: Tenant, question: string, traces: readonly (keyof Tenant)[]): string[] {
  return traces.filter((name) => !question.includes(tenant[name]));
}
