import { Arg, Args, Ctx, FieldResolver, ID, Resolver, Root } from 'type-graphql';
import type { RequestContext, WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import {
  invalidCursor,
  PageArgs,
  readCursor,
  readTimeCursor,
  toPage,
  type Page,
} from '../../platform/graphql/pagination.js';
import { isId } from '../../platform/ids.js';
import { WorkspaceType } from '../workspaces/index.js';
import type { importLoaders } from './import-loaders.js';
import { columnsOf } from './import.js';
import { findImport, listImports, type ImportRow } from './import.repository.js';
import {
  ImportConnection,
  ImportState,
  ImportType,
  RejectedRowConnection,
  type RejectedRowType,
} from './import.types.js';

/** Imports of a workspace, as GraphQL shows them. */
@Resolver(() => WorkspaceType)
export class WorkspaceImportsResolver {
  constructor(private readonly withWorkspace: WithWorkspace) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => ImportConnection, { description: 'Files that were imported, the newest first.' })
  async imports(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Page<ImportType>> {
    const after = readTimeCursor(page.after);
    const rows = await this.withWorkspace(workspace.id, (transaction) =>
      listImports(transaction, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.created_exactly, row.id],
      (row) => toImport(row, workspace.id),
    );
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => ImportType, { description: 'One import.' })
  async import(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('id', () => ID, { description: 'The id of the import.' }) id: string,
  ): Promise<ImportType> {
    const row =
      isId(id) && (await this.withWorkspace(workspace.id, (transaction) => findImport(transaction, id)));
    if (!row) throw notFound('import');
    return toImport(row, workspace.id);
  }
}

/** What belongs to one import. */
@Resolver(() => ImportType)
export class ImportResolver {
  constructor(private readonly loaders: ReturnType<typeof importLoaders>) {}

  @FieldResolver(() => RejectedRowConnection, {
    description:
      'The rows that could not be taken, in the order of the file. As CSV: `GET /v1/imports/<id>/rejected.csv`.',
  })
  async rejectedRows(
    @Ctx() context: RequestContext,
    @Root() { id, workspaceId }: ImportType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Page<RejectedRowType>> {
    const afterLine = readLine(page.after);
    const { rejections } = this.loaders(context, workspaceId);
    const rows = await rejections.load({ jobId: id, afterLine, limit: page.first + 1 });
    return toPage(
      rows,
      page,
      (row) => [row.line],
      (row) => row,
    );
  }
}

function readLine(after: string | null | undefined): number {
  const [line] = readCursor(after, 1) ?? [0];
  if (typeof line === 'number' && Number.isInteger(line) && line >= 0 && line < 2 ** 31) return line;
  throw invalidCursor();
}

function toImport(row: ImportRow, workspaceId: string): ImportType {
  const { id, input, progress, error } = row;
  const columns = columnsOf(input);
  return {
    workspaceId,
    id,
    state: row.state as ImportState,
    fileName: input.fileName,
    // Imports from before encodings were told apart have none.
    encoding: input.encoding ?? null,
    columns,
    ignoredColumns: columns.filter(({ target }) => target === null).map(({ header }) => header),
    progress,
    error,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
