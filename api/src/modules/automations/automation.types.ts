import { ArrayMaxSize, Matches, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import {
  ArgsType,
  Directive,
  Extensions,
  Field,
  Float,
  ID,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { describeValues } from '../../platform/graphql/describe-values.js';
import { IsName } from '../../platform/graphql/is-name.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import { AttributeValueScalar } from '../attributes/index.js';
import type { ActionKind, AutomationStatus, Priority, Reason, Trigger } from './automation.js';
import { reasons } from './automation.js';
import type { RunStatus, StepOutcome } from './run.repository.js';

/** GraphQL's enum of triggers. */
export enum TriggerEnum {
  ENTER = 'enter',
  EXIT = 'exit',
}
registerEnumType(TriggerEnum, {
  name: 'AutomationTrigger',
  description: 'What sets an automation off.',
  valuesConfig: describeValues({
    ENTER: 'A contact enters the segment.',
    EXIT: 'A contact leaves the segment.',
  }),
});

/** GraphQL's enum of what an automation is at. */
export enum AutomationStatusEnum {
  DRAFT = 'draft',
  ACTIVE = 'active',
  PAUSED = 'paused',
  ARCHIVED = 'archived',
}
registerEnumType(AutomationStatusEnum, {
  name: 'AutomationStatus',
  description: 'Whether an automation does anything.',
  valuesConfig: describeValues({
    DRAFT: 'It never has.',
    ACTIVE: 'It does.',
    PAUSED: 'It stands still: what happens meanwhile is passed over, and runs that wait go on later.',
    ARCHIVED: 'It was put aside for good.',
  }),
});

/** GraphQL's enum of priorities. */
export enum PriorityEnum {
  LOW = 'low',
  NORMAL = 'normal',
  HIGH = 'high',
}
registerEnumType(PriorityEnum, {
  name: 'FollowUpPriority',
  description: 'How urgent a follow-up is.',
  valuesConfig: describeValues({ LOW: 'Can wait.', NORMAL: 'As usual.', HIGH: 'Comes first.' }),
});

/** GraphQL's enum of changes of a list. */
export enum ListChangeEnum {
  ADD = 'add',
  REMOVE = 'remove',
}
registerEnumType(ListChangeEnum, {
  name: 'AutomationListChange',
  description: 'Whether a contact is put on a list or taken off it.',
  valuesConfig: describeValues({ ADD: 'It is put on it.', REMOVE: 'It is taken off it.' }),
});

/** GraphQL's enum of what runs come to. */
export enum RunStatusEnum {
  DUE = 'due',
  DONE = 'done',
  SKIPPED = 'skipped',
  FAILED = 'failed',
}
registerEnumType(RunStatusEnum, {
  name: 'AutomationRunStatus',
  description: 'What a run has come to.',
  valuesConfig: describeValues({
    DUE: 'It is under way, or waits.',
    DONE: 'Something was done.',
    SKIPPED: 'Nothing was to be done; `reason` says why.',
    FAILED: 'Nothing could be done.',
  }),
});

/** GraphQL's enum of what actions come to. */
export enum StepOutcomeEnum {
  SENDING = 'sending',
  DONE = 'done',
  SKIPPED = 'skipped',
  FAILED = 'failed',
  IN_DOUBT = 'in_doubt',
}
registerEnumType(StepOutcomeEnum, {
  name: 'AutomationStepOutcome',
  description: 'What an action of a run came to.',
  valuesConfig: describeValues({
    SENDING: 'The message is being handed over.',
    DONE: 'It was done.',
    SKIPPED: 'It was not to be done; `reason` says why.',
    FAILED: 'It could not be done.',
    IN_DOUBT: 'It may have been sent, and is not sent again.',
  }),
});

/** GraphQL's enum of reasons. */
export const ReasonEnum = Object.fromEntries(Object.keys(reasons).map((name) => [name, name])) as Record<
  Reason,
  Reason
>;
registerEnumType(ReasonEnum, {
  name: 'AutomationReason',
  description: 'Why a run, or an action of it, came to nothing.',
  valuesConfig: describeValues(reasons),
});

const longestText = 100_000;

/** What is sent by e-mail. */
@InputType('EmailActionInput', {
  description: 'Sends a message to the contact, if it has consented to e-mail.',
})
export class EmailActionInput {
  @Field(() => ID, { description: 'The mail server: a destination of the kind SMTP.' })
  destinationId!: string;

  @Field(() => String, {
    description:
      'The subject: a Liquid template, such as `For {{ contact.first_name | default: "you" }}`. Templates know `contact` with its attributes, `workspace.name` and `unsubscribe_url`.',
  })
  @MaxLength(1000)
  subject!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The message as HTML, a Liquid template whose values are escaped. A link to unsubscribe is added where it has none.',
  })
  @MaxLength(longestText)
  html?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The message as text, a Liquid template; made from the HTML unless given.',
  })
  @MaxLength(longestText)
  text?: string | null;
}

/** What the sales team is to do. */
@InputType('FollowUpActionInput', { description: 'Puts the contact into the queue of the sales team.' })
export class FollowUpActionInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The member who is to do it; absent for whoever takes it.',
  })
  assigneeId?: string | null;

  @Field(() => Int, { defaultValue: 1, description: 'Days until it is due: 0 to 365.' })
  @Min(0)
  @Max(365)
  dueInDays!: number;

  @Field(() => PriorityEnum, { defaultValue: 'normal', description: 'How urgent it is.' })
  priority!: Priority;

  @Field(() => String, { description: 'What is to be done.' })
  @MaxLength(2000)
  note!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether it is a telephone call: then only of contacts who have consented to that.',
  })
  isCall!: boolean;
}

/** Which webhook is told. */
@InputType('WebhookActionInput', {
  description: 'Tells a webhook: `segment.entered` or `segment.left`, with the contact.',
})
export class WebhookActionInput {
  @Field(() => ID, { description: 'The webhook: a destination of that kind.' })
  destinationId!: string;

  @Field(() => [String], {
    defaultValue: [],
    description: 'Keys of the attributes that it is told, at most 50.',
  })
  @ArrayMaxSize(50)
  attributes!: string[];
}

/** Which list changes. */
@InputType('ListActionInput', { description: 'Puts the contact on a static segment, or takes it off.' })
export class ListActionInput {
  @Field(() => ID, { description: 'The static segment.' })
  segmentId!: string;

  @Field(() => ListChangeEnum, { description: 'What is done.' })
  change!: 'add' | 'remove';
}

/** Which custom audience changes. */
@InputType('AudienceActionInput', {
  description: 'Puts the contact into a custom audience that is made from a static segment, or takes it out.',
})
export class AudienceActionInput {
  @Field(() => ID, { description: 'The custom audience.' })
  audienceId!: string;

  @Field(() => ListChangeEnum, { description: 'What is done.' })
  change!: 'add' | 'remove';
}

/** Which attribute is set. */
@InputType('AttributeActionInput', { description: 'Sets an attribute of the contact.' })
export class AttributeActionInput {
  @Field(() => String, { description: 'Its key.' })
  @MaxLength(100)
  key!: string;

  @Field(() => AttributeValueScalar, { nullable: true, description: 'The value; null removes it.' })
  value?: string | number | boolean | string[] | null;
}

/** How long is waited. */
@InputType('WaitActionInput', { description: 'Waits before the next action.' })
export class WaitActionInput {
  @Field(() => Int, { description: 'Minutes: 1 to 525,600.' })
  minutes!: number;
}

/** One thing that happens. */
@InputType('AutomationActionInput', {
  description: 'One thing that an automation does: exactly one of these.',
})
@Directive('@oneOf')
@Extensions({ oneOf: true })
export class AutomationActionInput {
  @Field(() => EmailActionInput, { nullable: true, description: 'Sends a message.' })
  @ValidateNested()
  email?: EmailActionInput;

  @Field(() => FollowUpActionInput, { nullable: true, description: 'Opens a follow-up.' })
  @ValidateNested()
  followUp?: FollowUpActionInput;

  @Field(() => WebhookActionInput, { nullable: true, description: 'Tells a webhook.' })
  @ValidateNested()
  webhook?: WebhookActionInput;

  @Field(() => ListActionInput, { nullable: true, description: 'Changes a static segment.' })
  @ValidateNested()
  list?: ListActionInput;

  @Field(() => AudienceActionInput, { nullable: true, description: 'Changes a custom audience.' })
  @ValidateNested()
  audience?: AudienceActionInput;

  @Field(() => AttributeActionInput, { nullable: true, description: 'Sets an attribute.' })
  @ValidateNested()
  attribute?: AttributeActionInput;

  @Field(() => WaitActionInput, { nullable: true, description: 'Waits.' })
  @ValidateNested()
  wait?: WaitActionInput;
}

/** At most so many in so many days. */
@InputType('CapInput', { description: 'At most so many in so many days.' })
export class CapInput {
  @Field(() => Int, { description: 'How many: 1 to 1,000.' })
  @Min(1)
  @Max(1000)
  most!: number;

  @Field(() => Int, { description: 'In how many days: 1 to 365.' })
  @Min(1)
  @Max(365)
  days!: number;
}

/** Hours in which nothing is done. */
@InputType('QuietHoursInput', {
  description: "Hours of each day in which nothing is done, in the workspace's time zone.",
})
export class QuietHoursInput {
  @Field(() => String, { description: 'When they begin, such as `20:00`.' })
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/)
  from!: string;

  @Field(() => String, { description: 'When they end, such as `08:00`: on the next day if that is earlier.' })
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/)
  to!: string;
}

/** What keeps an automation from doing too much. */
@InputType('AutomationGuardsInput', { description: 'What keeps an automation from doing too much.' })
export class AutomationGuardsInput {
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Also when the rule of the segment was changed, rather than the contact.',
  })
  byDefinition!: boolean;

  @Field(() => Boolean, { defaultValue: false, description: 'Each contact once, however often it comes.' })
  once!: boolean;

  @Field(() => Boolean, {
    defaultValue: true,
    description: 'Does nothing for a contact that is not where the trigger put it any more.',
  })
  mustRemain!: boolean;

  @Field(() => CapInput, { nullable: true, description: 'Runs of one contact in this automation at most.' })
  @ValidateNested()
  cap?: CapInput | null;

  @Field(() => CapInput, {
    nullable: true,
    description: 'Messages to one contact at most, of all automations together.',
  })
  @ValidateNested()
  emailCap?: CapInput | null;

  @Field(() => QuietHoursInput, { nullable: true, description: 'What falls in them waits until they end.' })
  @ValidateNested()
  quietHours?: QuietHoursInput | null;

  @Field(() => Float, {
    defaultValue: 0,
    description:
      'Per cent of contacts with whom nothing is done, for comparison: always the same ones. 0 to 50.',
  })
  @Min(0)
  @Max(50)
  holdOut!: number;
}

/** A new automation. */
@InputType('CreateAutomationInput', {
  description: 'A new automation; it does nothing before it is activated.',
})
export class CreateAutomationInput {
  @Field(() => String, { description: 'Its name, at most 200 characters.' })
  @IsName()
  name!: string;

  @Field(() => ID, { description: 'The segment.' })
  segmentId!: string;

  @Field(() => TriggerEnum, { defaultValue: 'enter', description: 'What sets it off.' })
  trigger!: Trigger;

  @Field(() => [AutomationActionInput], { description: 'What it does, in order: at most 20.' })
  @ValidateNested({ each: true })
  @ArrayMaxSize(20)
  actions!: AutomationActionInput[];

  @Field(() => AutomationGuardsInput, { nullable: true, description: 'What keeps it from doing too much.' })
  @ValidateNested()
  guards?: AutomationGuardsInput | null;
}

/** A change of an automation. */
@InputType('UpdateAutomationInput', {
  description:
    'A change of an automation; what is absent or null stays as it is. Runs that have begun go on as they began.',
})
export class UpdateAutomationInput {
  @Field(() => ID, { description: 'The automation.' })
  id!: string;

  @Field(() => Int, {
    description: 'The version that is changed: refused with CONFLICT when there is a later one.',
  })
  version!: number;

  @Field(() => String, { nullable: true, description: 'The new name.' })
  @IsName()
  name?: string | null;

  @Field(() => ID, { nullable: true, description: 'Another segment.' })
  segmentId?: string | null;

  @Field(() => TriggerEnum, { nullable: true, description: 'What sets it off.' })
  trigger?: Trigger | null;

  @Field(() => [AutomationActionInput], { nullable: true, description: 'What it does instead.' })
  @ValidateNested({ each: true })
  @ArrayMaxSize(20)
  actions?: AutomationActionInput[] | null;

  @Field(() => AutomationGuardsInput, {
    nullable: true,
    description: 'All of what keeps it from doing too much.',
  })
  @ValidateNested()
  guards?: AutomationGuardsInput | null;
}

/** An automation by its id. */
@InputType('AutomationIdInput', { description: 'An automation.' })
export class AutomationIdInput {
  @Field(() => ID, { description: 'The automation.' })
  id!: string;
}

/** How many runs came to what. */
@ObjectType('AutomationCount', { description: 'How many runs came to the same.' })
@Readable('audiences:read')
export class AutomationCountType {
  @Field(() => RunStatusEnum, { description: 'What they came to.' })
  status!: RunStatus;

  @Field(() => ReasonEnum, { nullable: true, description: 'Why they came to nothing, where they did.' })
  reason!: Reason | null;

  @Field(() => Int, { description: 'How many.' })
  count!: number;
}

/** What an automation would have done. */
@ObjectType('AutomationDryRun', {
  description: 'What an automation would have done about what has happened.',
})
@Readable('audiences:read')
export class AutomationDryRunType {
  @Field(() => Int, { description: 'Days that were looked back on.' })
  days!: number;

  @Field(() => Int, { description: 'Contacts that would have set it off.' })
  contacts!: number;

  @Field(() => Int, { description: 'Of them, those with whom nothing would have been done, for comparison.' })
  heldOut!: number;

  @Field(() => Int, {
    description: 'Of the others, those who lack the consent for a channel that it uses, as things stand now.',
  })
  withoutConsent!: number;

  @Field(() => Int, { description: 'Of the others, those who are suppressed there.' })
  suppressed!: number;

  @Field(() => Int, { description: 'Of the others, those without an address, where it sends e-mail.' })
  withoutAddress!: number;

  @Field(() => Int, { description: 'Whom it would have reached.' })
  reached!: number;
}

/** An automation. */
@ObjectType('Automation', {
  description: 'What happens by itself when a contact enters or leaves a segment.',
})
@Readable('audiences:read')
export class AutomationType {
  workspaceId!: string;
  segmentId!: string;

  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => TriggerEnum, { description: 'What sets it off.' })
  trigger!: Trigger;

  @Field(() => String, { description: 'What it does, as JSON: a list of the actions as they were given.' })
  actions!: string;

  @Field(() => String, { description: 'What keeps it from doing too much, as JSON.' })
  guards!: string;

  @Field(() => AutomationStatusEnum, { description: 'Whether it does anything.' })
  status!: AutomationStatus;

  @Field(() => Int, { description: 'Raised by each change of it.' })
  version!: number;

  @Field(() => String, {
    nullable: true,
    description: 'What went wrong with following the segment, in words; else null.',
  })
  trouble!: string | null;

  @Field(() => String, { description: 'Who made it: `user:<id>` or `key:<id>`.' })
  createdBy!: string;

  @Field(() => Date, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When it was last changed.' })
  updatedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was last activated; null when it never was.' })
  activatedAt!: Date | null;
}

/** A page of automations. */
export const AutomationConnection = connectionOf(AutomationType, 'Automation', 'audiences:read');

/** Which automations are asked for. */
@ArgsType()
export class AutomationsArgs extends PageArgs {
  @Field(() => [AutomationStatusEnum], {
    nullable: true,
    description: 'Only of these; all but archived ones unless given.',
  })
  statuses?: AutomationStatus[] | null;
}

/** What an action of a run came to. */
@ObjectType('AutomationStep', { description: 'What one action of a run came to.' })
@Readable('contacts:read')
export class AutomationStepType {
  @Field(() => Int, { description: 'Which action, from 0.' })
  action!: number;

  @Field(() => String, { description: 'What it does, such as `email`.' })
  kind!: ActionKind;

  @Field(() => StepOutcomeEnum, { description: 'What it came to.' })
  outcome!: StepOutcome;

  @Field(() => ReasonEnum, { nullable: true, description: 'Why it came to nothing, where it did.' })
  reason!: Reason | null;

  @Field(() => String, { nullable: true, description: 'More about it, in words.' })
  detail!: string | null;

  @Field(() => Date, { description: 'When.' })
  at!: Date;
}

/** One going of one contact through an automation. */
@ObjectType('AutomationRun', { description: 'One going of one contact through an automation.' })
@Readable('contacts:read')
export class AutomationRunType {
  workspaceId!: string;

  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => ID, { description: 'The automation.' })
  automationId!: string;

  @Field(() => Int, { description: 'The version of the automation that it goes through.' })
  version!: number;

  @Field(() => ID, { nullable: true, description: 'The contact; null once it was erased.' })
  contactId!: string | null;

  @Field(() => RunStatusEnum, { description: 'What it has come to.' })
  status!: RunStatus;

  @Field(() => ReasonEnum, { nullable: true, description: 'Why it came to nothing, where it did.' })
  reason!: Reason | null;

  @Field(() => String, { nullable: true, description: 'What it waits for, or what went wrong, in words.' })
  detail!: string | null;

  @Field(() => Date, { description: 'When the contact entered or left the segment.' })
  enteredAt!: Date;

  @Field(() => Date, { description: 'When it goes on, of one that is due.' })
  dueAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it ended; null while it has not.' })
  finishedAt!: Date | null;
}

/** A page of runs. */
export const AutomationRunConnection = connectionOf(AutomationRunType, 'AutomationRun', 'contacts:read');

/** Which runs are asked for. */
@ArgsType()
export class AutomationRunsArgs extends PageArgs {
  @Field(() => [RunStatusEnum], { nullable: true, description: 'Only those that came to one of these.' })
  statuses?: RunStatus[] | null;

  @Field(() => [ReasonEnum], {
    nullable: true,
    description: 'Only those that came to nothing for one of these reasons.',
  })
  reasons?: Reason[] | null;
}
