import { fold } from '@coterie/rules';
import DataLoader from 'dataloader';
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { RequestContext, WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { Access } from '../../platform/graphql/access.js';
import { perRequest } from '../../platform/graphql/loaders.js';
import { readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import { CompanyType } from '../companies/index.js';
import { ContactType } from '../contacts/index.js';
import { WorkspaceType } from '../workspaces/index.js';
import { recordSignals, type SignalResult } from './record-signals.js';
import type { Signal } from './signal.js';
import { listSignalNames, signalsOf } from './signal.repository.js';
import {
  RecordSignalsInput,
  SignalNameConnection,
  SignalNamesArgs,
  SignalResultType,
  SignalType,
  type SignalNameType,
} from './signal.types.js';

/** Signals of a workspace. */
@Resolver(() => WorkspaceType)
export class SignalResolver {
  constructor(private readonly withWorkspace: WithWorkspace) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => SignalNameConnection, {
    description: 'The names that third parties say something under, for suggestions.',
  })
  async signalNames(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => SignalNamesArgs) args: SignalNamesArgs,
  ): Promise<Page<SignalNameType>> {
    const after = readCursor(args.after, 'text', 'text');
    const rows = await this.withWorkspace(workspace.id, (tx) =>
      listSignalNames(tx, fold(args.search?.trim() ?? ''), after, args.first + 1),
    );
    return toPage(
      rows,
      args,
      (row) => [row.foldedName, row.foldedSource],
      (row) => row,
    );
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => [SignalResultType], {
    description: 'Records what third parties say; a result for each, in order.',
  })
  async recordSignals(
    @Ctx() { workspace, clock }: WorkspaceContext,
    @Arg('workspaceId', () => ID, {
      nullable: true,
      description: 'The workspace; an API key may leave it out.',
    })
    _workspaceId: string | null,
    @Arg('input', () => RecordSignalsInput, { description: 'The signals.' }) input: RecordSignalsInput,
  ): Promise<SignalResultType[]> {
    const { timeZone, defaultCountry } = workspace;
    const settings = { timeZone, defaultCountry, now: clock.now(), source: 'signal' };
    const results = await this.withWorkspace(workspace.id, (tx) =>
      recordSignals(tx, input.signals, settings),
    );
    return results.map((result, index) => toResult(result, `input.signals[${index}]`));
  }
}

function toResult(result: SignalResult, path: string): SignalResultType {
  if (result.ok) return { ...result, error: null, problems: [] };
  const problems = result.problems.map((problem) => ({
    ...problem,
    path: problem.path === '' ? path : `${path}.${problem.path}`,
  }));
  return { outcome: null, contactId: null, companyId: null, error: problems[0] ?? null, problems };
}

/** Reads the signals of many contacts or companies in one statement. */
export interface SignalLoaders {
  contact: DataLoader<number, Signal[]>;
  company: DataLoader<string, Signal[]>;
}

/** Makes the loaders of a request. */
export function signalLoaders(withWorkspace: WithWorkspace): ReturnType<typeof perRequest<SignalLoaders>> {
  return perRequest((workspaceId) => {
    const load = <Key extends number | string>(subject: 'contact' | 'company') =>
      new DataLoader<Key, Signal[]>(async (holders) => {
        const found = await withWorkspace(workspaceId, (tx) => signalsOf(tx, subject, holders));
        return holders.map((holder) => found.get(holder) ?? []);
      });
    return { contact: load<number>('contact'), company: load<string>('company') };
  });
}

/** What third parties say of a contact. */
@Resolver(() => ContactType)
export class ContactSignalsResolver {
  constructor(private readonly loaders: ReturnType<typeof signalLoaders>) {}

  @FieldResolver(() => [SignalType], {
    description:
      'What third parties say of the contact, the latest first, at most 100. What they say of its company is there.',
  })
  signals(@Ctx() context: RequestContext, @Root() contact: ContactType): Promise<SignalType[]> {
    return this.loaders(context, contact.workspaceId).contact.load(contact.ordinal);
  }
}

/** What third parties say of a company. */
@Resolver(() => CompanyType)
export class CompanySignalsResolver {
  constructor(private readonly loaders: ReturnType<typeof signalLoaders>) {}

  @FieldResolver(() => [SignalType], {
    description: 'What third parties say of the company, the latest first, at most 100.',
  })
  signals(@Ctx() context: RequestContext, @Root() company: CompanyType): Promise<SignalType[]> {
    return this.loaders(context, company.workspaceId).company.load(company.id);
  }
}
