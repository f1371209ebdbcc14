import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf } from '../../platform/graphql/pagination.js';
import { UsageQuotaType } from '../usage/index.js';
import { WorkspaceType } from '../workspaces/index.js';
import { failedDays, glanceDays, type Glance } from './glance.js';
import { mostCounted } from './glance.repository.js';

@ObjectType('GlanceDay', { description: 'What came into a workspace on a day.' })
@Readable('usage:read')
export class GlanceDayType {
  @Field(() => String, { description: 'The day in UTC, such as 2026-11-25.' })
  day!: string;

  @Field(() => Int, { description: 'Contacts that were made on it and are still there.' })
  contacts!: number;

  @Field(() => Float, { description: 'Events that were taken on it, as usage counts them.' })
  events!: number;
}

@ObjectType('WorkspaceGlance', {
  description: 'How a workspace stands, in numbers that are quick to read however large it is.',
})
@Readable('usage:read')
export class WorkspaceGlanceType implements Glance {
  @Field(() => WorkspaceType, { description: 'The workspace.' })
  workspace!: WorkspaceType;

  @Field(() => Int, { description: 'Contacts in it.' })
  contacts!: number;

  @Field(() => [GlanceDayType], {
    description: `What came in on each of the last ${glanceDays} days, the oldest first, today the last.`,
  })
  days!: GlanceDayType[];

  @Field(() => Int, { description: 'Segments in use.' })
  segments!: number;

  @Field(() => Int, { description: 'Segments in use whose rule cannot be answered any more.' })
  segmentsWithError!: number;

  @Field(() => Int, { description: 'Imports that wait or run, dry runs among them.' })
  importsUnderWay!: number;

  @Field(() => Int, { description: `Imports of the last ${failedDays} days that failed.` })
  failedImports!: number;

  @Field(() => Int, { description: `Events that could not be taken and are kept; at most ${mostCounted}.` })
  quarantinedEvents!: number;

  @Field(() => Int, {
    description: `Identities that two people claim and nobody has decided on; at most ${mostCounted}.`,
  })
  identityConflicts!: number;

  @Field(() => [UsageQuotaType], { description: 'The quotas, and what this month has used of them.' })
  quotas!: UsageQuotaType[];
}

/** A page of glances. */
export const WorkspaceGlanceConnection = connectionOf(WorkspaceGlanceType, 'WorkspaceGlance', 'usage:read');
