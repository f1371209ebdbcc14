import { Max, Min } from 'class-validator';
import { ArgsType, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { usageMetrics, type UsageMetric } from '../../platform/usage.js';

/** Metrics are spelled in capitals in GraphQL. */
export const UsageMetricEnum = Object.fromEntries(
  Object.keys(usageMetrics).map((metric) => [metric.toUpperCase(), metric]),
) as Record<string, UsageMetric>;

registerEnumType(UsageMetricEnum, {
  name: 'UsageMetric',
  description: 'What is metered.',
  valuesConfig: Object.fromEntries(
    Object.entries(usageMetrics).map(([metric, description]) => [metric.toUpperCase(), { description }]),
  ),
});

/** Which days are asked about. */
@ArgsType()
export class UsageArgs {
  @Field(() => String, {
    nullable: true,
    description: 'The first day, such as 2026-11-01, in UTC; 30 days before the end unless given.',
  })
  since?: string | null;

  @Field(() => String, { nullable: true, description: 'The last day, in UTC; today unless given.' })
  until?: string | null;
}

@ObjectType('UsageAmount', { description: 'How much of something was used.' })
@Readable('usage:read')
export class UsageAmountType {
  @Field(() => UsageMetricEnum, { description: 'What.' })
  metric!: UsageMetric;

  @Field(() => Float, { description: 'How much: a whole number.' })
  amount!: number;
}

@ObjectType('UsageDay', { description: 'How much of something was used on a day.' })
@Readable('usage:read')
export class UsageDayType extends UsageAmountType {
  @Field(() => String, { description: 'The day in UTC, such as 2026-11-25.' })
  day!: string;
}

@ObjectType('UsageOfKey', { description: 'How much of something an API key used.' })
@Readable('usage:read')
export class UsageOfKeyType extends UsageAmountType {
  @Field(() => ID, { nullable: true, description: 'The key; null for people and jobs together.' })
  keyId!: string | null;

  @Field(() => String, { nullable: true, description: 'What the key is for.' })
  name!: string | null;
}

@ObjectType('UsageQuota', { description: 'How much of something a workspace may use in a month.' })
@Readable('usage:read')
export class UsageQuotaType {
  @Field(() => UsageMetricEnum, { description: 'What.' })
  metric!: UsageMetric;

  @Field(() => Float, { description: 'How much a calendar month, in UTC: a whole number.' })
  monthly!: number;

  @Field(() => Float, { description: 'How much this month has used.' })
  used!: number;
}

@ObjectType('UsageWarning', { description: 'A quota that is nearly, or wholly, used up.' })
@Readable('usage:read')
export class UsageWarningType {
  @Field(() => UsageMetricEnum, { description: 'What is about to run out.' })
  metric!: UsageMetric;

  @Field(() => Int, { description: 'The mark that was passed: 80 or 100 per cent.' })
  percent!: number;

  @Field(() => String, { description: 'The same in words.' })
  message!: string;
}

@ObjectType('Usage', { description: 'What a workspace used in a range of days.' })
@Readable('usage:read')
export class UsageType {
  @Field(() => String, { description: 'The first day, in UTC.' })
  since!: string;

  @Field(() => String, { description: 'The last day, in UTC.' })
  until!: string;

  @Field(() => [UsageAmountType], { description: 'In all, of every metric.' })
  totals!: UsageAmountType[];

  @Field(() => [UsageDayType], { description: 'Day by day, where there was any.' })
  days!: UsageDayType[];

  @Field(() => [UsageOfKeyType], { description: 'API key by API key, where there was any.' })
  keys!: UsageOfKeyType[];

  @Field(() => [UsageQuotaType], { description: 'The quotas, and what this month has used of them.' })
  quotas!: UsageQuotaType[];

  @Field(() => [UsageWarningType], { description: 'Quotas of which 80 or 100 per cent are used.' })
  warnings!: UsageWarningType[];
}

@ObjectType('WorkspaceUsage', { description: 'What one workspace of an organization used.' })
@Readable('usage:read')
export class WorkspaceUsageType {
  @Field(() => ID, { description: 'The workspace.' })
  workspaceId!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => UsageType, { description: 'What it used.' })
  usage!: UsageType;
}

@ObjectType('OrganizationUsage', { description: 'What an organization used in a range of days.' })
@Readable('usage:read')
export class OrganizationUsageType {
  @Field(() => [UsageAmountType], { description: 'Of all workspaces together, of every metric.' })
  totals!: UsageAmountType[];

  @Field(() => [WorkspaceUsageType], { description: 'Workspace by workspace, by name, archived ones too.' })
  workspaces!: WorkspaceUsageType[];
}

@InputType({ description: 'How much of something a workspace may use in a month.' })
export class SetUsageQuotaInput {
  @Field(() => ID, { description: 'The workspace, one of the organization.' })
  workspaceId!: string;

  @Field(() => UsageMetricEnum, { description: 'What.' })
  metric!: UsageMetric;

  @Field(() => Float, {
    nullable: true,
    description: 'How much a calendar month, in UTC: a whole number. Null lifts the quota.',
  })
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  monthly?: number | null;
}
