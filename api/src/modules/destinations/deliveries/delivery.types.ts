import { ArrayMaxSize } from 'class-validator';
import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../../platform/graphql/pagination.js';
import { DestinationObject } from '../destination.types.js';
import type { DeliveryStatus } from './delivery.js';
import { mostReplayed } from './replay-deliveries.js';

/** GraphQL's enum of where a delivery is. */
export enum DeliveryStatusEnum {
  PENDING = 'pending',
  DELIVERED = 'delivered',
  DEAD = 'dead',
}
registerEnumType(DeliveryStatusEnum, {
  name: 'WebhookDeliveryStatus',
  description: 'Where something that a webhook is told is.',
  valuesConfig: {
    PENDING: { description: 'On its way: sent again until it is taken, over three days.' },
    DELIVERED: { description: 'Taken by the webhook. Kept for 7 days.' },
    DEAD: { description: 'Given up: it can be replayed. Kept for 30 days.' },
  },
});

/** Something that a webhook is told. */
@ObjectType('WebhookDelivery', { description: 'Something that a webhook is told.' })
@Readable('audiences:read')
export class DeliveryType {
  @Field(() => ID, { description: 'Its id, and the `webhook-id`: the same each time that it is sent.' })
  id!: string;

  @Field(() => String, { description: 'What has happened, such as `contact.entered`.' })
  type!: string;

  @Field(() => DeliveryStatusEnum, { description: 'Where it is.' })
  status!: DeliveryStatus;

  @Field(() => Int, { description: 'How often it was sent since it was made or last replayed.' })
  attempts!: number;

  @Field(() => Date, {
    nullable: true,
    description: 'When it is sent next; null unless it is on its way.',
  })
  nextAttemptAt!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The HTTP status of the last answer; null when there was none.',
  })
  lastStatus!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'What went wrong at last, in words; null when nothing did.',
  })
  lastTrouble!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A short piece of the last answer, without what the webhook was told.',
  })
  lastAnswer!: string | null;

  @Field(() => Date, { description: 'When it happened.' })
  occurredAt!: Date;

  @Field(() => Date, { description: 'When it was put on its way first.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'Since when it is delivered or given up.' })
  settledAt!: Date | null;
}

/** A page of deliveries. */
export const DeliveryConnection = connectionOf(DeliveryType, 'WebhookDelivery', 'audiences:read');

/** Which deliveries are asked for. */
@ArgsType()
export class DeliveriesArgs extends PageArgs {
  @Field(() => DeliveryStatusEnum, { nullable: true, description: 'Only those that are there.' })
  status?: DeliveryStatus | null;
}

/** Which deliveries are sent once more. */
@InputType('ReplayWebhookDeliveriesInput', {
  description: 'Which deliveries of a webhook are sent once more: `ids` or `since`.',
})
export class ReplayDeliveriesInput {
  @Field(() => ID, { description: 'The webhook.' })
  destinationId!: string;

  @Field(() => [ID], {
    nullable: true,
    description: `These, whether they were taken or given up; at most ${mostReplayed}. What is on its way is left alone.`,
  })
  @ArrayMaxSize(mostReplayed)
  ids?: string[] | null;

  @Field(() => Date, { nullable: true, description: 'All that were given up since then.' })
  since?: Date | null;
}

/** Another signing secret. */
@InputType('RotateWebhookSecretInput', { description: 'Another signing secret for a webhook.' })
export class RotateSecretInput {
  @Field(() => ID, { description: 'The webhook.' })
  id!: string;

  @Field(() => Int, {
    defaultValue: 24,
    description:
      'Hours for which calls are signed with the one before as well: 0 to 168. Zero when it has fallen into wrong hands.',
  })
  overlapHours!: number;
}

/** A webhook with its new secret. */
@ObjectType('RotatedWebhookSecret', { description: 'A webhook with its new signing secret.' })
@Readable('audiences:read')
export class RotatedSecretType {
  @Field(() => DestinationObject, { description: 'The webhook.' })
  destination!: DestinationObject;

  @Field(() => String, { description: 'The new signing secret, shown this once.' })
  secret!: string;
}
