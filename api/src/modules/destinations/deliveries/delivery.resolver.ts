import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { RequestContext, WorkspaceContext } from '../../../platform/context.js';
import { Failure } from '../../../platform/errors.js';
import { Access } from '../../../platform/graphql/access.js';
import { readCursor, toPage, type Page } from '../../../platform/graphql/pagination.js';
import { newId } from '../../../platform/ids.js';
import type { Services } from '../../../platform/module.js';
import { toDestination } from '../destination.resolver.js';
import { requireDestination } from '../destination.repository.js';
import { DestinationIdInput, DestinationObject } from '../destination.types.js';
import { testEventType } from '../webhook/index.js';
import { rotateSecret } from '../webhook/rotate-secret.js';
import type { deliveryLoaders } from './delivery-loaders.js';
import { findDelivery } from './delivery.repository.js';
import {
  DeliveriesArgs,
  DeliveryConnection,
  DeliveryType,
  ReplayDeliveriesInput,
  RotatedSecretType,
  RotateSecretInput,
} from './delivery.types.js';
import { enqueueDelivery } from './enqueue-deliveries.js';
import { replayDeliveries } from './replay-deliveries.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };

type DeliveryServices = Pick<Services, 'withWorkspace' | 'clock' | 'secrets' | 'enqueue'>;

/** What a webhook is told. */
@Resolver(() => DestinationObject)
export class DestinationDeliveriesResolver {
  constructor(private readonly loaders: ReturnType<typeof deliveryLoaders>) {}

  @FieldResolver(() => DeliveryConnection, {
    description: 'What it is told, if it is a webhook, the newest first.',
  })
  async deliveries(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, id }: DestinationObject,
    @Args(() => DeliveriesArgs) { status, ...page }: DeliveriesArgs,
  ): Promise<Page<DeliveryType>> {
    const rows = await this.loaders(context, workspaceId).pages.load({
      destinationId: id,
      status: status ?? undefined,
      after: readCursor(page.after, 'instant', 'id'),
      limit: page.first + 1,
    });
    return toPage(
      rows,
      page,
      (row) => [row.createdExactly, row.id],
      (row) => row,
    );
  }
}

/** Changes of what a webhook is told, and of what it is signed with. */
@Resolver()
export class DeliveryMutationsResolver {
  constructor(private readonly services: DeliveryServices) {}

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => Int, {
    description: 'Sends deliveries of a webhook once more, with the ids that they had, and says how many.',
  })
  replayWebhookDeliveries(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => ReplayDeliveriesInput, { description: 'Which.' })
    { destinationId, ids, since }: ReplayDeliveriesInput,
  ): Promise<number> {
    if ((ids == null) === (since == null))
      throw new Failure('INVALID_INPUT', 'Say which by `ids` or by `since`.', { path: 'input' });
    const which = ids == null ? { since: since! } : { ids };
    return this.services.withWorkspace(workspace.id, (tx) =>
      replayDeliveries(tx, this.services, destinationId, which),
    );
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => DeliveryType, {
    description: 'Tells a webhook something of the type `coterie.test`, on the way that all else goes.',
  })
  sendTestWebhook(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => DestinationIdInput, { description: 'The webhook.' }) { id }: DestinationIdInput,
  ): Promise<DeliveryType> {
    const wanted = { destinationId: id, key: `test:${newId()}`, type: testEventType };
    return this.services.withWorkspace(workspace.id, async (tx) => {
      await requireDestination(tx, id, 'input.id');
      const made = await enqueueDelivery(tx, this.services, {
        ...wanted,
        data: { workspaceId: workspace.id },
      });
      return (await findDelivery(tx, made.id!))!;
    });
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'audiences:write' })
  @Mutation(() => RotatedSecretType, {
    description:
      'Makes another signing secret for a webhook. For a while calls are signed with both, so that none is refused meanwhile.',
  })
  async rotateWebhookSecret(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => RotateSecretInput, { description: 'The webhook.' }) input: RotateSecretInput,
  ): Promise<RotatedSecretType> {
    let secret = '';
    // The audit log takes the id of what is given back.
    const destination = await this.services.withWorkspace(workspace.id, async (tx) => {
      const made = await rotateSecret(tx, this.services, input);
      ({ secret } = made);
      return made.destination;
    });
    return { destination: toDestination(workspace.id, destination), secret };
  }
}
