import { MaxLength } from 'class-validator';
import {
  ArgsType,
  Field,
  GraphQLISODateTime,
  ID,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import type { Actor } from './audit-filter.js';

/** Spelled in capitals in GraphQL. */
export const ActorKindEnum = { USER: 'user', KEY: 'key', SYSTEM: 'system' } as const;

registerEnumType(ActorKindEnum, {
  name: 'AuditActorKind',
  description: 'What kind of actor changed something.',
  valuesConfig: {
    USER: { description: 'A person who was signed in.' },
    KEY: { description: 'A program, with an API key.' },
    SYSTEM: { description: 'Coterie itself: a job.' },
  },
});

@ObjectType('AuditActor', { description: 'Who changed something.' })
@Readable(null)
export class AuditActorType {
  @Field(() => ActorKindEnum, { description: 'A person, a key, or Coterie itself.' })
  kind!: Actor['kind'];

  @Field(() => ID, { nullable: true, description: 'The id of the person or the key.' })
  id!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The name that the person or the key has today; null for the system, and for who is gone.',
  })
  name!: string | null;
}

@ObjectType('AuditEntry', {
  description: 'One change: who did what, to what, and when. Entries never change.',
})
@Readable(null)
export class AuditEntryType {
  @Field(() => ID, { description: 'Identifies the entry.' })
  id!: string;

  @Field(() => GraphQLISODateTime, { description: 'When it was done.' })
  at!: Date;

  @Field(() => AuditActorType, { description: 'Who did it.' })
  actor!: AuditActorType;

  @Field(() => String, {
    description: 'What was done: a mutation (`createSegment`), a route (`POST /v1/imports`) or a job.',
  })
  operation!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The kind of thing that it was done to, such as `segment`, where there is one.',
  })
  kind!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The id of the one thing that it was done to; null for several at once.',
  })
  subjectId!: string | null;

  @Field(() => [String], {
    description:
      'The names of what was given or changed, such as `name`, `attribute:plan` or `consent:ads`; never a value.',
  })
  fields!: string[];

  @Field(() => Int, {
    nullable: true,
    description: 'How many contacts it changed; null in the log of an organization.',
  })
  contacts!: number | null;

  @Field(() => String, {
    description: 'The request that it was done in, as in `x-request-id`; of a job `job:` and its number.',
  })
  requestId!: string;
}

/** A page of the audit log. */
export const AuditEntryConnection = connectionOf(AuditEntryType, 'AuditEntry', null);

@InputType({ description: 'Which entries are looked for: those that all of this holds for.' })
export class AuditFilterInput {
  @Field(() => ActorKindEnum, { nullable: true, description: 'Done by this kind of actor.' })
  actorKind?: Actor['kind'] | null;

  @Field(() => ID, { nullable: true, description: 'Done by this person or key.' })
  actorId?: string | null;

  @Field(() => String, { nullable: true, description: 'This operation, by its exact name.' })
  @MaxLength(200)
  operation?: string | null;

  @Field(() => String, { nullable: true, description: 'Done to this kind of thing, such as `segment`.' })
  @MaxLength(200)
  kind?: string | null;

  @Field(() => ID, { nullable: true, description: 'Done to the thing with this id.' })
  subjectId?: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Done then or later.' })
  since?: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'Done before then.' })
  until?: Date | null;
}

/** What an audit log takes. */
@ArgsType()
export class AuditLogArgs extends PageArgs {
  @Field(() => AuditFilterInput, { nullable: true, description: 'Which entries; all unless given.' })
  filter?: AuditFilterInput | null;
}
