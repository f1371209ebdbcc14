import { Max, Min } from 'class-validator';
import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { leastAuditDays, mostAuditDays, type AuditRetention } from './audit-retention.js';

@ObjectType('AuditRetention', { description: 'How long an audit log is kept.' })
@Readable(null)
export class AuditRetentionType implements AuditRetention {
  @Field(() => Int, { description: 'For so many days; 730 unless it was set.' })
  days!: number;
}

@InputType('AuditRetentionInput', { description: 'How long an audit log is to be kept.' })
export class AuditRetentionInput {
  @Field(() => Int, { description: 'For so many days, from 90 to 3650.' })
  @Min(leastAuditDays)
  @Max(mostAuditDays)
  days!: number;
}
