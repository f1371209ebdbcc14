import { ValidateNested } from 'class-validator';
import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import { ProblemType } from '../../platform/graphql/problem.types.js';
import { ContactKeyInput, type ContactKey } from '../contacts/index.js';
import { filePathOf, type PrivacyRequest, type RequestKind, type RequestState } from './privacy-request.js';

/** GraphQL's enum of what people can ask for. */
export enum PrivacyRequestKind {
  access = 'access',
  erasure = 'erasure',
}

registerEnumType(PrivacyRequestKind, {
  name: 'PrivacyRequestKind',
  description: 'What somebody asks of the data about them.',
  valuesConfig: {
    access: { description: 'A copy of everything (Art. 15 and 20 GDPR).' },
    erasure: { description: 'That it is erased (Art. 17 GDPR).' },
  },
});

/** GraphQL's enum of where a request stands. */
export enum PrivacyRequestState {
  pending = 'pending',
  running = 'running',
  done = 'done',
  failed = 'failed',
}

registerEnumType(PrivacyRequestState, {
  name: 'PrivacyRequestState',
  description: 'Where a request stands.',
  valuesConfig: {
    pending: { description: 'It waits for a worker.' },
    running: { description: 'It is being worked on, or waits for an import that began before it.' },
    done: { description: 'All of it is done.' },
    failed: { description: 'It was given up; `error` says why. It can be asked for again.' },
  },
});

@ObjectType('PrivacyReceiptItem', { description: 'How many things of one kind a request concerned.' })
@Readable('contacts:read')
export class ReceiptItemType {
  @Field(() => String, { description: 'What they are, such as `events`.' })
  kind!: string;

  @Field(() => Int, { description: 'How many there were.' })
  count!: number;
}

@ObjectType('PrivacyRequest', {
  description: 'Something that a person has asked of the data about them. It does not say who that is.',
})
@Readable('contacts:read')
export class PrivacyRequestType {
  /** For nested resolvers; not part of the schema. */
  workspaceId!: string;

  @Field(() => ID, { description: 'The id of the request.' })
  id!: string;

  @Field(() => PrivacyRequestKind, { description: 'What was asked for.' })
  kind!: RequestKind;

  @Field(() => PrivacyRequestState, { description: 'Where it stands.' })
  state!: RequestState;

  @Field(() => String, { description: 'Who entered it: `user:<id>` or `key:<id>`.' })
  requestedBy!: string;

  @Field(() => Date, { description: 'When it was entered.' })
  requestedAt!: Date;

  @Field(() => Date, {
    description: 'When it has to be answered: 30 days after it was entered (Art. 12 GDPR).',
  })
  dueAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was done, or given up.' })
  completedAt!: Date | null;

  @Field(() => [ReceiptItemType], {
    description: 'What it concerned, in numbers: they stay when the person is gone.',
  })
  receipt!: ReceiptItemType[];

  @Field(() => String, {
    nullable: true,
    description: 'Where to download what is held, as NDJSON; null when there is no file, or not any more.',
  })
  filePath!: string | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When the file is deleted: 14 days after it was written.',
  })
  fileExpiresAt!: Date | null;

  @Field(() => ProblemType, { nullable: true, description: 'Why it was given up.' })
  error!: ProblemType | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Who let the erased person come back: `user:<id>`, `key:<id>`, or `system` when it was they themselves.',
  })
  liftedBy!: string | null;

  @Field(() => Date, { nullable: true, description: 'When the erased person was let come back.' })
  liftedAt!: Date | null;
}

/** A page of requests. */
export const PrivacyRequestConnection = connectionOf(PrivacyRequestType, 'PrivacyRequest', 'contacts:read');

@ArgsType()
export class PrivacyRequestsArgs extends PageArgs {
  @Field(() => PrivacyRequestKind, { nullable: true, description: 'Only those that ask for this.' })
  kind?: RequestKind | null;

  @Field(() => PrivacyRequestState, { nullable: true, description: 'Only those that stand here.' })
  state?: RequestState | null;
}

@InputType('PrivacySubjectInput', { description: 'Whom a request is about.' })
export class PrivacySubjectInput {
  @Field(() => ContactKeyInput, {
    description: 'A contact by its id, or a person by an identity, whether it is one of a contact or not.',
  })
  @ValidateNested()
  by!: ContactKey;
}

/** A request as GraphQL shows it. */
export function toPrivacyRequestType(
  workspaceId: string,
  { receipt, ...request }: PrivacyRequest,
): PrivacyRequestType {
  const filePath = request.fileExpiresAt && filePathOf(request.id);
  return {
    ...request,
    workspaceId,
    filePath,
    receipt: Object.entries(receipt).map(([kind, count]) => ({ kind, count })),
  };
}
