import { ArrayMaxSize, MaxLength } from 'class-validator';
import { ArgsType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../../platform/graphql/pagination.js';
import type { Priority } from '../automation.js';
import { PriorityEnum } from '../automation.types.js';
import type { FollowUpStatus } from './follow-up.repository.js';

/** GraphQL's enum of what a follow-up is at. */
export enum FollowUpStatusEnum {
  OPEN = 'open',
  DONE = 'done',
  CANCELLED = 'cancelled',
}
registerEnumType(FollowUpStatusEnum, {
  name: 'FollowUpStatus',
  description: 'Whether a follow-up is still to be done.',
  valuesConfig: {
    OPEN: { description: 'It is.' },
    DONE: { description: 'It was done.' },
    CANCELLED: { description: 'It need not be done any more.' },
  },
});

/** Something that the sales team has to do about a contact. */
@ObjectType('FollowUp', { description: 'Something that the sales team has to do about a contact.' })
@Readable('contacts:read')
export class FollowUpType {
  workspaceId!: string;

  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => ID, {
    description: 'The contact, as it was called when this was opened; a merge leads on from it.',
  })
  contactId!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The automation that asked for it; null when somebody did.',
  })
  automationId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The member who is to do it; null for whoever takes it.' })
  assigneeId!: string | null;

  @Field(() => Date, { description: 'When it is due.' })
  dueAt!: Date;

  @Field(() => PriorityEnum, { description: 'How urgent it is.' })
  priority!: Priority;

  @Field(() => String, { description: 'What is to be done.' })
  note!: string;

  @Field(() => FollowUpStatusEnum, { description: 'Whether it is still to be done.' })
  status!: FollowUpStatus;

  @Field(() => String, { description: 'Who opened it: `user:<id>`, `key:<id>` or `system`.' })
  createdBy!: string;

  @Field(() => Date, { description: 'When it was opened.' })
  createdAt!: Date;

  @Field(() => String, { nullable: true, description: 'Who closed it; null while it is open.' })
  closedBy!: string | null;

  @Field(() => Date, { nullable: true, description: 'When it was closed; null while it is open.' })
  closedAt!: Date | null;
}

/** A page of follow-ups. */
export const FollowUpConnection = connectionOf(FollowUpType, 'FollowUp', 'contacts:read');

/** Which follow-ups are asked for. */
@ArgsType()
export class FollowUpsArgs extends PageArgs {
  @Field(() => [FollowUpStatusEnum], {
    nullable: true,
    description: 'Only of these; open ones unless given.',
  })
  statuses?: FollowUpStatus[] | null;

  @Field(() => ID, { nullable: true, description: 'Only those of this member.' })
  assigneeId?: string | null;

  @Field(() => Date, { nullable: true, description: 'Only those that are due before this.' })
  dueBefore?: Date | null;
}

/** A new follow-up. */
@InputType('CreateFollowUpInput', { description: 'A new follow-up.' })
export class CreateFollowUpInput {
  @Field(() => ID, { description: 'The contact.' })
  contactId!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The member who is to do it; absent for whoever takes it.',
  })
  assigneeId?: string | null;

  @Field(() => Date, { description: 'When it is due.' })
  dueAt!: Date;

  @Field(() => PriorityEnum, { defaultValue: 'normal', description: 'How urgent it is.' })
  priority!: Priority;

  @Field(() => String, { description: 'What is to be done.' })
  @MaxLength(2000)
  note!: string;
}

/** A change of follow-ups. */
@InputType('UpdateFollowUpsInput', {
  description: 'A change of follow-ups, the same for all; what is absent or null stays as it is.',
})
export class UpdateFollowUpsInput {
  @Field(() => [ID], {
    description: 'The follow-ups, at most 1,000. Unknown ones are left out of the answer.',
  })
  @ArrayMaxSize(1000)
  ids!: string[];

  @Field(() => ID, { nullable: true, description: 'The member who is to do it.' })
  assigneeId?: string | null;

  @Field(() => Date, { nullable: true, description: 'When it is due.' })
  dueAt?: Date | null;

  @Field(() => PriorityEnum, { nullable: true, description: 'How urgent it is.' })
  priority?: Priority | null;

  @Field(() => String, { nullable: true, description: 'What is to be done.' })
  @MaxLength(2000)
  note?: string | null;

  @Field(() => FollowUpStatusEnum, { nullable: true, description: 'Closes it, or opens it again.' })
  status?: FollowUpStatus | null;
}
