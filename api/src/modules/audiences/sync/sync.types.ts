import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../../platform/graphql/access.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import type { SyncCause, SyncPhase, SyncStatus } from './audience-sync.js';
import type { SyncSchedule } from './delivery.js';

/** GraphQL's enum of schedules. */
export const SyncScheduleEnum = {
  MANUAL: 'manual',
  ON_CHANGE: 'on_change',
  HOURLY: 'hourly',
  DAILY: 'daily',
} as const satisfies Record<string, SyncSchedule>;
registerEnumType(SyncScheduleEnum, {
  name: 'AudienceSyncSchedule',
  description: 'When a custom audience is brought up to date at its destination.',
  valuesConfig: {
    MANUAL: {
      description: 'When somebody asks for it. Who may not be sent any more is removed all the same.',
    },
    ON_CHANGE: {
      description:
        'When its segment has other members or something else is to be said of them, a minute apart at least.',
    },
    HOURLY: { description: 'Every hour.' },
    DAILY: { description: "Every day, at an hour of the workspace's time zone." },
  },
});

/** GraphQL's enum of causes. */
export const SyncCauseEnum = {
  MANUAL: 'manual',
  SCHEDULE: 'schedule',
  CHANGE: 'change',
  WITHDRAWAL: 'withdrawal',
  EMPTYING: 'emptying',
} as const satisfies Record<string, SyncCause>;
registerEnumType(SyncCauseEnum, {
  name: 'AudienceSyncCause',
  description: 'Why a sync began.',
  valuesConfig: {
    MANUAL: { description: 'Somebody asked for it.' },
    SCHEDULE: { description: 'It was due.' },
    CHANGE: { description: 'The segment has changed.' },
    WITHDRAWAL: { description: 'Somebody may not be sent any more: it only removes.' },
    EMPTYING: { description: 'The destination is to have nobody any more: it only removes.' },
  },
});

/** GraphQL's enum of where a sync stands. */
export const SyncStatusEnum = {
  RUNNING: 'running',
  WAITING: 'waiting',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
} as const satisfies Record<string, SyncStatus>;
registerEnumType(SyncStatusEnum, {
  name: 'AudienceSyncStatus',
  description: 'Where a sync stands.',
  valuesConfig: {
    RUNNING: { description: 'It is being worked on, or waits for a worker.' },
    WAITING: { description: 'It waits for the destination; `resumeAt` says until when, `trouble` why.' },
    SUCCEEDED: { description: 'All has been sent.' },
    FAILED: { description: 'It was given up; `trouble` says why. What is left is a matter of the next one.' },
    CANCELLED: { description: 'Somebody ended it.' },
  },
});

/** GraphQL's enum of what a sync does. */
export const SyncPhaseEnum = {
  PLANNING: 'planning',
  SENDING: 'sending',
  DONE: 'done',
} as const satisfies Record<string, SyncPhase>;
registerEnumType(SyncPhaseEnum, {
  name: 'AudienceSyncPhase',
  description: 'What a sync does at the moment.',
  valuesConfig: {
    PLANNING: { description: 'It finds out who is to be added and who removed.' },
    SENDING: { description: 'It sends batch after batch.' },
    DONE: { description: 'Nothing any more.' },
  },
});

/** What became of the members of the segment. */
@ObjectType('AudienceSyncPlan', {
  description:
    'What became of the members of the segment when a sync was planned. `members` = `withoutConsent` + `suppressed` + `eligible`.',
})
@Readable('audiences:read')
export class SyncPlanType {
  @Field(() => Int, { description: 'Members of the segment.' })
  members!: number;

  @Field(() => Int, { description: 'Members who have not granted consent for ads.' })
  withoutConsent!: number;

  @Field(() => Int, { description: 'Members with consent of whom an identity is suppressed for ads.' })
  suppressed!: number;

  @Field(() => Int, { description: 'Members who may be handed to ad platforms.' })
  eligible!: number;

  @Field(() => Int, { description: 'Eligible members, or companies, whom the platform could not find.' })
  withoutIdentifier!: number;

  @Field(() => Int, {
    description: 'Eligible members whom the platform would take for somebody who refused.',
  })
  refused!: number;

  @Field(() => Int, { description: 'Eligible members, or companies, who are on the list as somebody else.' })
  duplicates!: number;

  @Field(() => Int, { description: 'Who was there already, and stays as they are.' })
  unchanged!: number;
}

/** A run. */
@ObjectType('AudienceSync', {
  description: 'One time that a custom audience was brought up to date at its destination.',
})
@Readable('audiences:read')
export class AudienceSyncType {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => ID, { description: 'The custom audience.' })
  audienceId!: string;

  @Field(() => ID, { description: 'The destination.' })
  destinationId!: string;

  @Field(() => SyncCauseEnum, { description: 'Why it began.' })
  cause!: SyncCause;

  @Field(() => String, { description: 'Who began it: `user:<id>`, `key:<id>` or `system`.' })
  createdBy!: string;

  @Field(() => SyncStatusEnum, { description: 'Where it stands.' })
  status!: SyncStatus;

  @Field(() => SyncPhaseEnum, { description: 'What it does.' })
  phase!: SyncPhase;

  @Field(() => Date, { description: 'When it began.' })
  startedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it ended; null while it is under way.' })
  finishedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it goes on; null unless it waits.' })
  resumeAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'What went wrong last, in words.' })
  trouble!: string | null;

  @Field(() => SyncPlanType, {
    nullable: true,
    description:
      'What became of the members of the segment; null before it is known, and where it only removes.',
  })
  plan!: SyncPlanType | null;

  @Field(() => Int, { description: 'How many were to be added when it was planned.' })
  toAdd!: number;

  @Field(() => Int, { description: 'How many were to be removed when it was planned.' })
  toRemove!: number;

  @Field(() => Int, { description: 'How many the platform has been given.' })
  added!: number;

  @Field(() => Int, { description: 'How many it was told to remove.' })
  removed!: number;

  @Field(() => Int, { description: 'How many it did not take.' })
  rejected!: number;
}

/** A page of runs. */
export const AudienceSyncConnection = connectionOf(AudienceSyncType, 'AudienceSync', 'audiences:read');

/** Where an audience is to go. */
@InputType('SetAudienceDestinationInput', {
  description: 'Where a custom audience is to go, and when; what is absent stays as it is.',
})
export class SetAudienceDestinationInput {
  @Field(() => ID, { description: 'The custom audience.' })
  id!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The destination, of the kind of its platform; null: none, it is for downloads.',
  })
  destinationId?: string | null;

  @Field(() => SyncScheduleEnum, { nullable: true, description: 'When; MANUAL unless it was given.' })
  schedule?: SyncSchedule | null;

  @Field(() => Int, {
    nullable: true,
    description: "The hour of a DAILY one, from 0 to 23, in the workspace's time zone.",
  })
  dailyHour?: number | null;
}

/** A run by its id. */
@InputType('AudienceSyncIdInput', { description: 'A sync.' })
export class AudienceSyncIdInput {
  @Field(() => ID, { description: 'The sync.' })
  id!: string;
}

/** A destination that an erasure had to tell. */
@ObjectType('ErasureNotice', {
  description: 'A destination that an erasure had to tell. It does not say whom it is about.',
})
@Readable('contacts:read')
export class ErasureNoticeType {
  @Field(() => String, { description: 'What the destination was called.' })
  destination!: string;

  @Field(() => String, { description: 'The custom audience.' })
  audience!: string;

  @Field(() => Date, { description: 'When it was noted.' })
  notedAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: 'When it had taken the removal, and what it was told was forgotten here; null before.',
  })
  confirmedAt!: Date | null;
}
