import { fold } from '@coterie/rules';
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { RequestContext, WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import { readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import { isId } from '../../platform/ids.js';
import { HeldAttributeType } from '../attributes/index.js';
import { WorkspaceType } from '../workspaces/index.js';
import type { companyLoaders } from './company-loaders.js';
import { listCompanies } from './company.repository.js';
import {
  CompaniesArgs,
  CompanyConnection,
  CompanyResultType,
  CompanyType,
  toCompanyInput,
  toCompanyType,
  UpsertCompaniesInput,
} from './company.types.js';
import { upsertCompanyInputs } from './upsert-company-inputs.js';

type Loaders = ReturnType<typeof companyLoaders>;

/** Companies of a workspace. */
@Resolver(() => WorkspaceType)
export class WorkspaceCompaniesResolver {
  constructor(
    private readonly withWorkspace: WithWorkspace,
    private readonly loaders: Loaders,
  ) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => CompanyConnection, { description: 'Companies, the newest first.' })
  async companies(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => CompaniesArgs) args: CompaniesArgs,
  ): Promise<Page<CompanyType>> {
    const after = readCursor(args.after, 'instant', 'id');
    const search = fold(args.search?.trim() ?? '') || null;
    const rows = await this.withWorkspace(workspace.id, (tx) =>
      listCompanies(tx, { search }, after, args.first + 1),
    );
    return toPage(
      rows,
      args,
      (row) => [row.createdExactly, row.id],
      (row) => toCompanyType(workspace.id, row),
    );
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => CompanyType, { description: 'One company.' })
  async company(
    @Ctx() context: WorkspaceContext,
    @Arg('id', () => ID, { description: 'The id of the company.' }) id: string,
  ): Promise<CompanyType> {
    const company = isId(id)
      ? await this.loaders(context, context.workspace.id).company.load(id.toLowerCase())
      : null;
    if (!company) throw notFound('company');
    return company;
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => [CompanyResultType], {
    description: 'Makes or changes companies; a result for each, in order.',
  })
  async upsertCompanies(
    @Ctx() { workspace, clock }: WorkspaceContext,
    @Arg('workspaceId', () => ID, {
      nullable: true,
      description: 'The workspace; an API key may leave it out.',
    })
    _workspaceId: string | null,
    @Arg('input', () => UpsertCompaniesInput, { description: 'The companies.' }) input: UpsertCompaniesInput,
  ): Promise<CompanyResultType[]> {
    const settings = { timeZone: workspace.timeZone, now: clock.now() };
    const results = await this.withWorkspace(workspace.id, (tx) =>
      upsertCompanyInputs(tx, input.companies.map(toCompanyInput), settings),
    );
    return results.map((result) => {
      const nothing = { workspaceId: workspace.id, companyId: null, outcome: null, warnings: [] };
      if (!result.ok) return { ...nothing, error: result.problems[0] ?? null, problems: result.problems };
      const { companyId, outcome, warnings } = result;
      return { workspaceId: workspace.id, companyId, outcome, warnings, error: null, problems: [] };
    });
  }
}

/** The company in a result. */
@Resolver(() => CompanyResultType)
export class CompanyResultResolver {
  constructor(private readonly loaders: Loaders) {}

  @FieldResolver(() => CompanyType, { nullable: true, description: 'The company; null when it was refused.' })
  async company(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, companyId }: CompanyResultType,
  ): Promise<CompanyType | null> {
    return companyId ? this.loaders(context, workspaceId).company.load(companyId) : null;
  }
}

/** What belongs to one company. */
@Resolver(() => CompanyType)
export class CompanyResolver {
  constructor(private readonly loaders: Loaders) {}

  @FieldResolver(() => [HeldAttributeType], { description: 'Its attributes, in the order of their keys.' })
  async attributes(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, id }: CompanyType,
  ): Promise<HeldAttributeType[]> {
    return this.loaders(context, workspaceId).attributes.load(id);
  }
}
