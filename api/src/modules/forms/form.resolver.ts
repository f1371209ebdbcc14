import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver } from 'type-graphql';
import { actorOf, type WorkspaceContext } from '../../platform/context.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Access } from '../../platform/graphql/access.js';
import { readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import type { Services } from '../../platform/module.js';
import { writePublicId } from '../../platform/public-id.js';
import { WorkspaceType } from '../workspaces/index.js';
import { archiveForm, changeForm, createForm, unarchiveForm, type FormEditor } from './edit-forms.js';
import type { Form } from './form.js';
import { listForms, requireForm } from './form.repository.js';
import {
  CreateFormInput,
  FormConnection,
  FormIdInput,
  FormsArgs,
  FormType,
  UpdateFormInput,
  type FormConsentInput,
} from './form.types.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };

/** Forms of a workspace. */
@Resolver(() => WorkspaceType)
export class WorkspaceFormsResolver {
  constructor(private readonly services: Pick<Services, 'withWorkspace'>) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => FormConnection, { description: 'Forms of the workspace, the newest first.' })
  async forms(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => FormsArgs) { archived, ...page }: FormsArgs,
  ): Promise<Page<FormType>> {
    const after = readCursor(page.after, 'instant', 'id');
    const rows = await this.services.withWorkspace(workspace.id, (tx) =>
      listForms(tx, { archived }, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.createdExactly, row.id],
      (row) => toForm(workspace.id, row),
    );
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => FormType, { description: 'One form.' })
  async form(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<FormType> {
    return this.services.withWorkspace(workspace.id, async (tx) =>
      toForm(workspace.id, await requireForm(tx, id, 'id')),
    );
  }
}

/** Changes of forms. */
@Resolver()
export class FormMutationsResolver {
  constructor(
    private readonly services: Pick<Services, 'withWorkspace' | 'clock'>,
    private readonly canMail: boolean,
  ) {}

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => FormType, { description: 'Creates a form.' })
  createForm(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CreateFormInput, { description: 'The form.' }) input: CreateFormInput,
  ): Promise<FormType> {
    const { name, fields, consents, doubleOptIn, honeypot, minimumSeconds, redirectUrl } = input;
    const wanted = {
      name,
      fields,
      consents: toConsents(consents) ?? [],
      doubleOptIn: doubleOptIn ?? null,
      honeypot: honeypot ?? null,
      minimumSeconds: minimumSeconds ?? 0,
      redirectUrl: redirectUrl ?? null,
    };
    return this.change(context, (tx, editor) => createForm(tx, wanted, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => FormType, { description: 'Changes a form.' })
  updateForm(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => UpdateFormInput, { description: 'The change.' })
    { id, name, fields, consents, doubleOptIn, honeypot, minimumSeconds, redirectUrl }: UpdateFormInput,
  ): Promise<FormType> {
    const change = {
      name: name ?? undefined,
      fields: fields ?? undefined,
      consents: toConsents(consents),
      doubleOptIn,
      honeypot,
      minimumSeconds: minimumSeconds ?? undefined,
      redirectUrl,
    };
    return this.change(context, (tx, editor) => changeForm(tx, id, change, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => FormType, {
    description: 'Puts a form aside: it takes nothing more, and links that were mailed work no more.',
  })
  archiveForm(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => FormIdInput, { description: 'The form.' }) input: FormIdInput,
  ): Promise<FormType> {
    return this.change(context, (tx, editor) => archiveForm(tx, input.id, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => FormType, { description: 'Takes an archived form back into use.' })
  unarchiveForm(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => FormIdInput, { description: 'The form.' }) input: FormIdInput,
  ): Promise<FormType> {
    return this.change(context, (tx) => unarchiveForm(tx, input.id));
  }

  private change(
    context: WorkspaceContext,
    work: (tx: WorkspaceTransaction, editor: FormEditor) => Promise<Form>,
  ): Promise<FormType> {
    const { withWorkspace, clock } = this.services;
    const { id } = context.workspace;
    const editor = { actor: actorOf(context), now: clock.now(), canMail: this.canMail };
    return withWorkspace(id, async (tx) => toForm(id, await work(tx, editor)));
  }
}

function toConsents(consents: FormConsentInput[] | null | undefined): Form['consents'] | undefined {
  return consents?.map(({ channel, text, field }) => ({ channel, text, field: field ?? null }));
}

/** Without the secret. */
function toForm(workspaceId: string, { secret: _secret, ...form }: Form): FormType {
  return { ...form, path: `/v1/forms/${writePublicId({ workspaceId, id: form.id })}` };
}
