import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql';
import DataLoader from 'dataloader';
import { actorOf, type RequestContext, type WorkspaceContext } from '../../platform/context.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import { costs } from '../../platform/graphql/limits.js';
import { perRequest } from '../../platform/graphql/loaders.js';
import { readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import type { Services } from '../../platform/module.js';
import { ContactType } from '../contacts/index.js';
import { SegmentType, type createSegmentById } from '../segments/index.js';
import { WorkspaceType } from '../workspaces/index.js';
import { listAutomations, requireAutomation } from './automation.repository.js';
import type { Action, Automation, Guards } from './automation.js';
import {
  AutomationConnection,
  AutomationCountType,
  AutomationDryRunType,
  AutomationIdInput,
  AutomationRunConnection,
  AutomationRunsArgs,
  AutomationRunType,
  AutomationsArgs,
  AutomationStepType,
  AutomationType,
  CreateAutomationInput,
  UpdateAutomationInput,
  type AutomationActionInput,
  type AutomationGuardsInput,
} from './automation.types.js';
import { dryRun } from './dry-run.js';
import {
  activateAutomation,
  archiveAutomation,
  changeAutomation,
  createAutomation,
  pauseAutomation,
  type AutomationEditor,
} from './edit-automations.js';
import { lookAfterSoon } from './look-after.job.js';
import { findContactOf } from './recipient.repository.js';
import { countRuns, listRuns, stepsOf, type Run, type RunRow, type Step } from './run.repository.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };

type AutomationServices = Pick<Services, 'withWorkspace' | 'clock' | 'enqueue'>;

/** Automations of a workspace. */
@Resolver(() => WorkspaceType)
export class WorkspaceAutomationsResolver {
  constructor(private readonly services: AutomationServices) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
  @FieldResolver(() => AutomationConnection, {
    description: 'Automations of the workspace, the newest first.',
  })
  async automations(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => AutomationsArgs) { statuses, ...page }: AutomationsArgs,
  ): Promise<Page<AutomationType>> {
    const after = readCursor(page.after, 'instant', 'id');
    const wanted = statuses ?? ['draft', 'active', 'paused'];
    const rows = await this.services.withWorkspace(workspace.id, (tx) =>
      listAutomations(tx, wanted, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.createdExactly, row.id],
      (row) => toAutomation(workspace.id, row),
    );
  }

  @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
  @FieldResolver(() => AutomationType, { description: 'One automation.' })
  async automation(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
  ): Promise<AutomationType> {
    return this.services.withWorkspace(workspace.id, async (tx) =>
      toAutomation(workspace.id, await requireAutomation(tx, id, 'id')),
    );
  }
}

/** Changes of automations. */
@Resolver()
export class AutomationMutationsResolver {
  constructor(private readonly services: AutomationServices) {}

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => AutomationType, {
    description: 'Makes an automation, which does nothing before it is activated.',
  })
  createAutomation(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CreateAutomationInput, { description: 'The automation.' })
    input: CreateAutomationInput,
  ): Promise<AutomationType> {
    const { name, segmentId, trigger } = input;
    const definition = {
      name,
      segmentId,
      trigger,
      actions: input.actions.map(toAction),
      guards: toGuards(input.guards),
    };
    return this.edit(context, (tx, editor) => createAutomation(tx, definition, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => AutomationType, { description: 'Changes an automation.' })
  updateAutomation(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => UpdateAutomationInput, { description: 'The change.' }) input: UpdateAutomationInput,
  ): Promise<AutomationType> {
    const { id, version, actions, guards } = input;
    const change = {
      name: input.name ?? undefined,
      segmentId: input.segmentId ?? undefined,
      trigger: input.trigger ?? undefined,
      actions: actions?.map(toAction),
      guards: guards ? toGuards(guards) : undefined,
    };
    return this.edit(context, (tx, editor) => changeAutomation(tx, { id, version, change }, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => AutomationType, {
    description: 'Has an automation begin, or go on, with what happens from now on.',
  })
  activateAutomation(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => AutomationIdInput, { description: 'The automation.' }) { id }: AutomationIdInput,
  ): Promise<AutomationType> {
    return this.edit(context, async (tx, editor) => {
      const automation = await activateAutomation(tx, id, editor);
      await lookAfterSoon(this.services.enqueue, tx);
      return automation;
    });
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => AutomationType, {
    description: 'Has an automation stand still. Runs that wait go on when it does.',
  })
  pauseAutomation(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => AutomationIdInput, { description: 'The automation.' }) { id }: AutomationIdInput,
  ): Promise<AutomationType> {
    return this.edit(context, (tx, editor) => pauseAutomation(tx, id, editor));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => AutomationType, {
    description: 'Puts an automation aside for good. Runs that wait come to nothing.',
  })
  archiveAutomation(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => AutomationIdInput, { description: 'The automation.' }) { id }: AutomationIdInput,
  ): Promise<AutomationType> {
    return this.edit(context, (tx, editor) => archiveAutomation(tx, id, editor));
  }

  private edit(
    context: WorkspaceContext,
    work: (tx: WorkspaceTransaction, editor: AutomationEditor) => Promise<Automation>,
  ): Promise<AutomationType> {
    const { withWorkspace, clock } = this.services;
    const { id } = context.workspace;
    const editor = { actor: actorOf(context), now: clock.now() };
    return withWorkspace(id, async (tx) => toAutomation(id, await work(tx, editor)));
  }
}

/** Makes what loads what hangs on automations and runs. */
export function automationLoaders(withWorkspace: Services['withWorkspace']) {
  return perRequest((workspaceId) => ({
    counts: new DataLoader<string, AutomationCountType[]>(async (ids) => {
      const counts = await withWorkspace(workspaceId, (tx) => countRuns(tx, ids));
      const byId = Map.groupBy(counts, ({ automationId }) => automationId);
      return ids.map((id) => byId.get(id) ?? []);
    }),
    steps: new DataLoader<string, Step[]>(async (ids) => {
      const steps = await withWorkspace(workspaceId, (tx) => stepsOf(tx, ids));
      const byId = Map.groupBy(steps, ({ runId }) => runId);
      return ids.map((id) => byId.get(id) ?? []);
    }),
  }));
}

interface AutomationFieldServices extends AutomationServices {
  segmentById: ReturnType<typeof createSegmentById>;
  loaders: ReturnType<typeof automationLoaders>;
}

/** What belongs to one automation. */
@Resolver(() => AutomationType)
export class AutomationResolver {
  constructor(private readonly services: AutomationFieldServices) {}

  @FieldResolver(() => SegmentType, { description: 'The segment that it follows.' })
  segment(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, segmentId }: AutomationType,
  ): Promise<SegmentType> {
    return this.services.segmentById(context, workspaceId).load(segmentId);
  }

  @FieldResolver(() => [AutomationCountType], { description: 'How many runs came to what.' })
  counts(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, id }: AutomationType,
  ): Promise<AutomationCountType[]> {
    return this.services.loaders(context, workspaceId).counts.load(id);
  }

  @FieldResolver(() => AutomationDryRunType, {
    complexity: costs.count,
    description: 'What it would have done about what has happened in the segment.',
  })
  dryRun(
    @Root() { workspaceId, id }: AutomationType,
    @Arg('days', () => Int, { defaultValue: 30, description: 'Days to look back on: 1 to 90.' }) days: number,
  ): Promise<AutomationDryRunType> {
    if (days < 1 || days > 90)
      throw new Failure('INVALID_INPUT', 'It looks back on 1 to 90 days.', { path: 'days' });
    const { withWorkspace, clock } = this.services;
    return withWorkspace(workspaceId, async (tx) =>
      dryRun(tx, await requireAutomation(tx, id, 'id'), { days, now: clock.now() }),
    );
  }

  @FieldResolver(() => AutomationRunConnection, { description: 'Its runs, the latest first.' })
  runs(
    @Root() { workspaceId, id }: AutomationType,
    @Args(() => AutomationRunsArgs) args: AutomationRunsArgs,
  ): Promise<Page<AutomationRunType>> {
    return this.services.withWorkspace(workspaceId, (tx) => pageOfRuns(tx, args, { automationId: id }));
  }
}

/** What belongs to one run. */
@Resolver(() => AutomationRunType)
export class AutomationRunResolver {
  constructor(private readonly loaders: ReturnType<typeof automationLoaders>) {}

  @FieldResolver(() => [AutomationStepType], { description: 'What its actions came to, in order.' })
  steps(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, id }: AutomationRunType,
  ): Promise<AutomationStepType[]> {
    return this.loaders(context, workspaceId).steps.load(id);
  }
}

/** What automations did about a contact. */
@Resolver(() => ContactType)
export class ContactAutomationsResolver {
  constructor(private readonly services: AutomationServices) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => AutomationRunConnection, {
    description: 'What automations did about it, and what they did not and why, the latest first.',
  })
  automationRuns(
    @Root() { workspaceId, id }: ContactType,
    @Args(() => AutomationRunsArgs) args: AutomationRunsArgs,
  ): Promise<Page<AutomationRunType>> {
    return this.services.withWorkspace(workspaceId, async (tx) => {
      const contact = await findContactOf(tx, id);
      return pageOfRuns(tx, args, { contactIds: contact?.ids ?? [id] });
    });
  }
}

async function pageOfRuns(
  tx: WorkspaceTransaction,
  { statuses, reasons, ...page }: AutomationRunsArgs,
  of: { automationId?: string; contactIds?: readonly string[] },
): Promise<Page<AutomationRunType>> {
  const after = readCursor(page.after, 'instant', 'id');
  const filter = { ...of, statuses: statuses ?? undefined, reasons: reasons ?? undefined };
  const rows: RunRow[] = await listRuns(tx, filter, after, page.first + 1);
  return toPage(
    rows,
    page,
    (row) => [row.enteredExactly, row.id],
    (row) => toRun(tx.workspaceId, row),
  );
}

function toRun(workspaceId: string, run: Run): AutomationRunType {
  const { id, automationId, version, contactId, status, reason, detail, enteredAt, dueAt, finishedAt } = run;
  return {
    workspaceId,
    id,
    automationId,
    version,
    contactId,
    status,
    reason,
    detail,
    enteredAt,
    dueAt,
    finishedAt,
  };
}

function toAutomation(workspaceId: string, automation: Automation): AutomationType {
  const { place: _place, actions, guards, ...shown } = automation;
  return { ...shown, workspaceId, actions: JSON.stringify(actions), guards: JSON.stringify(guards) };
}

function toAction(input: AutomationActionInput): Action {
  const { email, followUp, webhook, list, audience, attribute, wait } = input;
  if (email) return { kind: 'email', ...email, html: email.html ?? null, text: email.text ?? null };
  if (followUp) return { kind: 'followUp', ...followUp, assigneeId: followUp.assigneeId ?? null };
  if (webhook) return { kind: 'webhook', ...webhook };
  if (list) return { kind: 'list', ...list };
  if (audience) return { kind: 'audience', ...audience };
  if (attribute) return { kind: 'attribute', key: attribute.key, value: attribute.value ?? null };
  if (wait) return { kind: 'wait', ...wait };
  throw new Failure('INVALID_INPUT', 'An action does one thing.', { path: 'input.actions' });
}

function toGuards(input: AutomationGuardsInput | null | undefined): Guards {
  const {
    byDefinition = false,
    once = false,
    mustRemain = true,
    cap,
    emailCap,
    quietHours,
    holdOut = 0,
  } = input ?? {};
  return {
    byDefinition,
    once,
    mustRemain,
    cap: cap ? { runs: cap.most, days: cap.days } : null,
    emailCap: emailCap ? { emails: emailCap.most, days: emailCap.days } : null,
    quietHours: quietHours ? { from: quietHours.from, to: quietHours.to } : null,
    holdOut,
  };
}
