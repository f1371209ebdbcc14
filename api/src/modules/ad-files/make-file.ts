import { platforms } from '@coterie/ad-formats';
import type { Clock } from '../../platform/clock.js';
import {
  longStatementSeconds,
  type WithWorkspace,
  type WorkspaceTransaction,
} from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { fileName } from '../../platform/files/file-name.js';
import { Spool } from '../../platform/files/spool.js';
import type { Write } from './produce-file.js';
import { writeFile, type FileOrder, type FileReport } from './write-file.js';

/** What a file would hold, and whether the platform would take it. */
export interface Readiness extends FileReport {
  /** People, or companies, that the platform has to match before it shows ads. */
  minimumSize: number;
  reachesMinimum: boolean;
  /** Of one file, as far as the platform limits it. */
  maximumRows: number | null;
  maximumBytes: number | null;
  fits: boolean;
  /** The version of the workspace that all of it was read at. */
  version: number;
  asOf: Date;
}

/** Says what the file is to hold, reading what that takes in the snapshot that the file is written from. */
export type PlanFile = (tx: WorkspaceTransaction, now: Date) => Promise<FileOrder>;

/** What making files needs. */
export interface FileServices {
  withWorkspace: WithWorkspace;
  clock: Clock;
}

type Work<Result> = (tx: WorkspaceTransaction, now: Date) => Promise<Result>;

/** Tells what a file would hold if it were written now. It is written indeed, but kept nowhere. */
export async function assessFile(
  services: FileServices,
  workspaceId: string,
  plan: PlanFile,
  signal: AbortSignal,
): Promise<Readiness> {
  const work: Work<Readiness> = async (tx, now) => makeFile(tx, await plan(tx, now), now);
  return inSnapshot(services, workspaceId, work, signal);
}

/** A file that waits to be sent. */
export interface FinishedFile {
  /** As it is called when it is downloaded. */
  name: string;
  spool: Spool;
}

/**
 * Writes a file to the disk. Consent and suppressions are those of this moment.
 * Throws TOO_LARGE when the platform would not take a file of its size; nothing is left of it then.
 */
export async function finishFile(
  services: FileServices,
  workspaceId: string,
  plan: PlanFile,
  signal: AbortSignal,
): Promise<FinishedFile> {
  let spool: Spool | undefined;
  try {
    const work: Work<string> = async (tx, now) => {
      // A snapshot that was lost is taken again, and the file begun anew.
      await spool?.discard();
      const begun = (spool = await Spool.open());
      const order = await plan(tx, now);
      refuseOversize(await makeFile(tx, order, now, (text) => begun.write(text)));
      return fileName(order.name ?? '', `${platforms[order.platform].label}.csv`);
    };
    const name = await inSnapshot(services, workspaceId, work, signal);
    return { name, spool: spool as Spool };
  } catch (error) {
    await spool?.discard();
    throw error;
  }
}

function inSnapshot<Result>(
  { withWorkspace, clock }: FileServices,
  workspaceId: string,
  work: Work<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const options = { snapshot: true, signal, statementSeconds: longStatementSeconds };
  return withWorkspace(workspaceId, (tx) => work(tx, clock.now()), options);
}

async function makeFile(
  tx: WorkspaceTransaction,
  order: FileOrder,
  now: Date,
  write?: Write,
): Promise<Readiness> {
  const version = await tx.version();
  const report = await writeFile(tx, order, write);
  const { minimumSize, maximumRows = null, maximumBytes = null } = platforms[report.platform];
  return {
    ...report,
    minimumSize,
    reachesMinimum: report.rows >= minimumSize,
    maximumRows,
    maximumBytes,
    fits: report.rows <= (maximumRows ?? Infinity) && report.bytes <= (maximumBytes ?? Infinity),
    version,
    asOf: now,
  };
}

function refuseOversize({ platform, rows, bytes, maximumRows, maximumBytes, fits }: Readiness): void {
  if (fits) return;
  const number = (value: number | null): string => (value ?? 0).toLocaleString('en');
  throw new Failure(
    'TOO_LARGE',
    `${platforms[platform].label} takes at most ${number(maximumRows)} rows and ${number(maximumBytes)} bytes in a file; ` +
      `this one has ${number(rows)} rows and ${number(bytes)} bytes. Make the segment smaller.`,
  );
}
