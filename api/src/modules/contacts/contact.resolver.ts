import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { RequestContext, WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import { PageArgs, readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import { problemsAt } from '../../platform/graphql/problem.types.js';
import { isId } from '../../platform/ids.js';
import { HeldAttributeType } from '../attributes/index.js';
import { CompanyType, type companyLoaders } from '../companies/index.js';
import { ConsentType, type consentLoaders } from '../consent/index.js';
import { WorkspaceType } from '../workspaces/index.js';
import type { ContactInput, ContactResult } from './contact-input.js';
import type { contactLoaders } from './contact-loaders.js';
import {
  ContactConnection,
  ContactInputType,
  ContactKeyInput,
  ContactResultType,
  ContactsArgs,
  ContactType,
  IdentityType,
  toContactInput,
  toContactType,
  UpsertContactsInput,
} from './contact.types.js';
import { deleteContact } from './delete-contact.js';
import { findContact } from './find-contact.js';
import { listContacts, type ContactRow } from './list-contacts.repository.js';
import { upsertContacts } from './upsert-contacts.js';

/** Contacts that one call may upsert. */
export const mostContacts = 1_000;

const workspaceId = { nullable: true, description: 'The workspace; an API key may leave it out.' };

function pageOf(workspaceId: string, rows: ContactRow[], page: PageArgs): Page<ContactType> {
  return toPage(
    rows,
    page,
    (row) => [row.createdExactly, row.id],
    (row) => toContactType(workspaceId, row),
  );
}

/** Contacts of a workspace. */
@Resolver(() => WorkspaceType)
export class WorkspaceContactsResolver {
  constructor(private readonly withWorkspace: WithWorkspace) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => ContactConnection, { description: 'Contacts, all or those that are searched for.' })
  async contacts(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => ContactsArgs) { search, companyId, sort, ...page }: ContactsArgs,
  ): Promise<Page<ContactType>> {
    if (companyId != null && !isId(companyId)) return pageOf(workspace.id, [], page);
    const filter = { search: search ?? null, companyId: companyId ?? null, sort };
    const after = readCursor(page.after, 'instant', 'id');
    const rows = await this.withWorkspace(workspace.id, (tx) =>
      listContacts(tx, filter, after, page.first + 1),
    );
    return pageOf(workspace.id, rows, page);
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => ContactType, {
    description: 'One contact, by its id, the id of one that became part of it, or one of its identities.',
  })
  async contact(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('by', () => ContactKeyInput, { description: 'What names the contact.' }) by: ContactKeyInput,
  ): Promise<ContactType> {
    const contact = await this.withWorkspace(workspace.id, (tx) => findContact(tx, by, workspace));
    const redirectedFrom = by.id != null && by.id.toLowerCase() !== contact.id ? by.id : null;
    return { ...toContactType(workspace.id, contact), redirectedFrom };
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => ContactResultType, {
    description: 'Makes or changes a contact. Fails when it cannot be taken.',
  })
  async upsertContact(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceId) _workspaceId: string | null,
    @Arg('input', () => ContactInputType, { description: 'The contact.' }) input: ContactInputType,
  ): Promise<ContactResultType> {
    const [result] = await this.upsert(context, [toContactInput(input)]);
    const shown = toResultType(context.workspace.id, result!, 'input');
    if (!shown.error) return shown;
    throw new Failure('INVALID_INPUT', shown.error.message, {
      path: shown.error.path,
      problems: shown.problems,
    });
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => [ContactResultType], {
    description: 'Makes or changes contacts; a result for each, in order. A bad one is refused alone.',
  })
  async upsertContacts(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceId) _workspaceId: string | null,
    @Arg('input', () => UpsertContactsInput, { description: 'The contacts.' }) {
      contacts,
    }: UpsertContactsInput,
  ): Promise<ContactResultType[]> {
    if (contacts.length > mostContacts) {
      const message = `At most ${mostContacts} contacts can be given at once.`;
      throw new Failure('TOO_LARGE', message, { path: 'input.contacts' });
    }
    const results = await this.upsert(context, contacts.map(toContactInput));
    return results.map((result, index) =>
      toResultType(context.workspace.id, result, `input.contacts[${index}]`),
    );
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => ID, {
    description:
      'Removes a contact with its events and consents, and what is known of those that became part of it; gives its id. ' +
      'Suppressions and blocks of its identities stay.',
  })
  async deleteContact(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceId) _workspaceId: string | null,
    @Arg('id', () => ID, { description: 'The id of the contact.' }) id: string,
  ): Promise<string> {
    await this.withWorkspace(workspace.id, (tx) => deleteContact(tx, id));
    return id;
  }

  private upsert({ workspace, clock }: WorkspaceContext, inputs: ContactInput[]): Promise<ContactResult[]> {
    const { timeZone, defaultCountry } = workspace;
    const settings = { timeZone, defaultCountry, now: clock.now() };
    return this.withWorkspace(workspace.id, (tx) => upsertContacts(tx, settings, inputs));
  }
}

function toResultType(workspaceId: string, result: ContactResult, path: string): ContactResultType {
  if (!result.ok) {
    const problems = problemsAt(path, result.problems);
    return { workspaceId, ordinal: null, outcome: null, error: problems[0] ?? null, problems, warnings: [] };
  }
  const { ordinal, outcome, warnings } = result;
  return { workspaceId, ordinal, outcome, error: null, problems: [], warnings: problemsAt(path, warnings) };
}

/** The loaders that contacts are shown with. */
export interface Loaders {
  contact: ReturnType<typeof contactLoaders>;
  company: ReturnType<typeof companyLoaders>;
  consent: ReturnType<typeof consentLoaders>;
}

/** The contact in a result. */
@Resolver(() => ContactResultType)
export class ContactResultResolver {
  constructor(private readonly loaders: Loaders) {}

  @FieldResolver(() => ContactType, { nullable: true, description: 'The contact; null when it was refused.' })
  async contact(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, ordinal }: ContactResultType,
  ): Promise<ContactType | null> {
    return ordinal === null ? null : this.loaders.contact(context, workspaceId).contact.load(ordinal);
  }
}

/** What belongs to one contact. */
@Resolver(() => ContactType)
export class ContactResolver {
  constructor(private readonly loaders: Loaders) {}

  @FieldResolver(() => [IdentityType], { description: 'What it is recognised by, the oldest first.' })
  async identities(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, ordinal }: ContactType,
  ): Promise<IdentityType[]> {
    return this.loaders.contact(context, workspaceId).identities.load(ordinal);
  }

  @FieldResolver(() => [HeldAttributeType], { description: 'Its attributes, in the order of their keys.' })
  async attributes(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, ordinal }: ContactType,
    @Arg('keys', () => [String], { nullable: true, description: 'Only these.' }) keys: string[] | null,
  ): Promise<HeldAttributeType[]> {
    const held = await this.loaders.contact(context, workspaceId).attributes.load(ordinal);
    return keys ? held.filter(({ key }) => keys.includes(key)) : held;
  }

  @FieldResolver(() => [ConsentType], {
    description: 'What it said about channels; a channel without one is unknown.',
  })
  async consents(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, ordinal }: ContactType,
  ): Promise<ConsentType[]> {
    return this.loaders.consent(context, workspaceId).consents.load(ordinal);
  }

  @FieldResolver(() => [ConsentType], {
    description: 'Everything it ever said, the latest first, at most 100.',
  })
  async consentHistory(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, ordinal }: ContactType,
  ): Promise<ConsentType[]> {
    return this.loaders.consent(context, workspaceId).history.load(ordinal);
  }

  @FieldResolver(() => CompanyType, { nullable: true, description: 'The company it belongs to.' })
  async company(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, companyId }: ContactType,
  ): Promise<CompanyType | null> {
    return companyId ? this.loaders.company(context, workspaceId).company.load(companyId) : null;
  }
}

/** The contacts of one company. */
@Resolver(() => CompanyType)
export class CompanyContactsResolver {
  constructor(private readonly loaders: Loaders) {}

  @FieldResolver(() => ContactConnection, { description: 'Its contacts, the newest first.' })
  async contacts(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, id }: CompanyType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Page<ContactType>> {
    const { ofCompany } = this.loaders.contact(context, workspaceId);
    const rows = await ofCompany.load({
      companyId: id,
      after: readCursor(page.after, 'instant', 'id'),
      limit: page.first + 1,
    });
    return pageOf(workspaceId, rows, page);
  }
}
