import {
  Arg,
  Args,
  Ctx,
  FieldResolver,
  ID,
  Mutation,
  Resolver,
  Root,
  Subscription,
  type SubscribeResolverData,
} from 'type-graphql';
import type { RequestContext, WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import { PageArgs, readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import { isId } from '../../platform/ids.js';
import type { Services } from '../../platform/module.js';
import { attributeCatalog } from '../attributes/index.js';
import { WorkspaceType } from '../workspaces/index.js';
import type { importLoaders } from './import-loaders.js';
import { columnsOf, type ImportKind } from './import.js';
import { findImport, listImports, type ImportRow, type UndoRow } from './import.repository.js';
import {
  FileBeginningInput,
  ImportConnection,
  ImportKindEnum,
  ImportMappingConnection,
  ImportState,
  ImportTargetType,
  ImportType,
  NotUndoneConnection,
  RejectedRowConnection,
  SuggestedColumnsType,
  type ImportColumnInput,
  type ImportMappingType,
  type ImportUndoType,
  type NotUndoneType,
  type RejectedRowType,
} from './import.types.js';
import { runRehearsed } from './run-rehearsed.js';
import { mappableIn } from './mappable-fields.js';
import { ownOf, type MappingChoices } from './saved-mapping.js';
import { deleteSavedMapping, listSavedMappings, type SavedMappingRow } from './saved-mapping.repository.js';
import { suggestColumns } from './suggest-columns.js';
import { undoableUntil, undoImport } from './undo-import.js';
import { mostColumns } from './upload-import.js';
import { watchImport } from './watch-import.js';

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
    const after = readCursor(page.after, 'instant', 'id');
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
  @FieldResolver(() => ImportMappingConnection, {
    description: 'What was said by hand about the columns of files, the latest first.',
  })
  async importMappings(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Page<ImportMappingType>> {
    const after = readCursor(page.after, 'instant', 'id');
    const rows = await this.withWorkspace(workspace.id, (tx) => listSavedMappings(tx, after, page.first + 1));
    return toPage(rows, page, (row) => [row.saved_exactly, row.id], toImportMapping);
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

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => [ImportTargetType], {
    description: 'Everything that the columns of such a file can go to, in the order of their keys.',
  })
  async importTargets(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('kind', () => ImportKindEnum, { defaultValue: 'contacts', description: 'What its rows are.' })
    kind: ImportKind,
  ): Promise<ImportTargetType[]> {
    const catalog = await this.withWorkspace(workspace.id, (tx) => attributeCatalog(tx));
    return mappableIn(kind, catalog).fields.map(({ target, label, standard, type = null }) => ({
      target,
      label,
      standard,
      type,
    }));
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => SuggestedColumnsType, {
    description: 'Tells where the columns of a file would go, before it is uploaded. Stores nothing.',
  })
  async suggestedColumns(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('file', () => FileBeginningInput, { description: 'The beginning of the file.' })
    { columns, ...beginning }: FileBeginningInput,
  ): Promise<SuggestedColumnsType> {
    const { headers, rows } = beginning;
    if (headers.length > mostColumns || rows.length > mostRowsShown)
      throw new Failure('TOO_LARGE', `At most ${mostColumns} columns and ${mostRowsShown} rows.`, {
        path: headers.length > mostColumns ? 'file.headers' : 'file.rows',
      });
    const mapping = toChoices(columns ?? []);
    return this.withWorkspace(workspace.id, (tx) => suggestColumns(tx, { ...beginning, mapping }));
  }
}

/** Rows by which columns can be known before a file is uploaded. */
const mostRowsShown = 200;

function toChoices(columns: readonly ImportColumnInput[]): MappingChoices {
  return Object.fromEntries(
    columns.map(({ header, target, leftOut, dateFormat }) => [
      header,
      {
        ...(leftOut ? { target: null } : target ? { target } : {}),
        ...(dateFormat ? { dateFormat } : {}),
      },
    ]),
  );
}

/**
 * Makes the resolver of the subscription. The class is made with what it needs, because type-graphql begins a
 * subscription without an instance.
 */
export function createImportProgressResolver(withWorkspace: WithWorkspace): object {
  @Resolver()
  class ImportProgressResolver {
    @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
    @Subscription(() => ImportType, {
      description:
        'An import as it is, and again whenever it has come further, until it has ended, and so has undoing it, if that is under way.',
      subscribe: ({ args, context }: SubscribeResolverData) =>
        watchImport(withWorkspace, (context as WorkspaceContext).workspace.id, (args as { id: string }).id),
    })
    importProgress(
      @Root() row: ImportRow,
      @Ctx() { workspace }: WorkspaceContext,
      @Arg('workspaceId', () => ID, {
        nullable: true,
        description: 'The workspace; an API key need not name its own.',
      })
      _workspaceId: string | null,
      @Arg('id', () => ID, { description: 'The id of the import.' }) _id: string,
    ): ImportType {
      return toImport(row, workspace.id);
    }
  }
  return new ImportProgressResolver();
}

/** What can be done about imports. */
@Resolver()
export class ImportMutationsResolver {
  constructor(private readonly services: Pick<Services, 'withWorkspace' | 'enqueue' | 'clock'>) {}

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => ImportType, {
    description: 'Imports the file of a dry run that has succeeded, as it was mapped there.',
  })
  async runImport(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, {
      nullable: true,
      description: 'The workspace; an API key need not name its own.',
    })
    _workspaceId: string | null,
    @Arg('id', () => ID, { description: 'The id of the dry run.' }) id: string,
  ): Promise<ImportType> {
    return toImport(await runRehearsed(this.services, context, id), context.workspace.id);
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => ImportType, {
    description:
      'Undoes an import that has ended, for 30 days. Contacts that it made are deleted unless they have changed, done something, given or withdrawn a consent or been put on a list since. Of other contacts, values, identities, companies and consents are put back where they are still what the import wrote. What it said about companies, and browsers and devices that it joined to people, stay.',
  })
  async undoImport(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, {
      nullable: true,
      description: 'The workspace; an API key need not name its own.',
    })
    _workspaceId: string | null,
    @Arg('id', () => ID, { description: 'The id of the import.' }) id: string,
  ): Promise<ImportType> {
    return toImport(await undoImport(this.services, context, id), context.workspace.id);
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => Boolean, { description: 'Forgets what was said about the columns of a file.' })
  async deleteImportMapping(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, {
      nullable: true,
      description: 'The workspace; an API key need not name its own.',
    })
    _workspaceId: string | null,
    @Arg('id', () => ID, { description: 'The id of the mapping.' }) id: string,
  ): Promise<boolean> {
    const wasThere =
      isId(id) && (await this.services.withWorkspace(workspace.id, (tx) => deleteSavedMapping(tx, id)));
    if (!wasThere) throw notFound('import mapping');
    return true;
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
    const [afterLine] = readCursor(page.after, 'integer') ?? [0];
    const { rejections } = this.loaders(context, workspaceId);
    const rows = await rejections.load({ jobId: id, afterLine, limit: page.first + 1 });
    return toPage(
      rows,
      page,
      (row) => [row.line],
      (row) => row,
    );
  }

  @FieldResolver(() => NotUndoneConnection, { description: 'What could not be undone, when it was undone.' })
  async notUndone(
    @Ctx() context: RequestContext,
    @Root() { id, workspaceId }: ImportType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Page<NotUndoneType>> {
    const after = readCursor(page.after, 'integer', 'text', 'text');
    const { kept } = this.loaders(context, workspaceId);
    const rows = await kept.load({ jobId: id, after, limit: page.first + 1 });
    return toPage(
      rows,
      page,
      (row) => [row.ordinal, row.kind, row.key],
      (row) => ({
        contactId: row.contact_id,
        kind: row.kind,
        // The value of an identity is personal; whose it is, is said.
        key: row.kind === 'identity' ? (row.key.split(' ', 1)[0] ?? '') : row.key,
        reason: row.kept,
      }),
    );
  }
}

function toImportMapping({ id, headers, mapping, saved_at }: SavedMappingRow): ImportMappingType {
  // jsonb has an order of its own.
  const columns = headers
    .filter((header) => Object.hasOwn(mapping, header))
    .map((header) => {
      const { target, dateFormat } = ownOf(mapping, header);
      return {
        header,
        target: target ?? null,
        leftOut: target === null,
        dateFormat: dateFormat ?? null,
      };
    });
  return { id, headers, columns, savedAt: saved_at };
}

function toUndo({ state, progress, created_at, finished_at }: UndoRow): ImportUndoType {
  return {
    state: state as ImportState,
    ...progress,
    createdAt: new Date(created_at),
    finishedAt: finished_at === null ? null : new Date(finished_at),
  };
}

function toImport(row: ImportRow, workspaceId: string): ImportType {
  const { id, input, progress, error } = row;
  const columns = columnsOf(input);
  return {
    workspaceId,
    id,
    state: row.state as ImportState,
    kind: input.kind ?? 'contacts',
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
    dryRun: input.dryRun ?? false,
    undoableUntil: undoableUntil(row),
    undo: row.undo && toUndo(row.undo),
  };
}
