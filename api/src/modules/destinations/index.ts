import type { CreateModule, Services } from '../../platform/module.js';
import { openDestination, type OpenDestination } from './connect.js';
import {
  createDeliverTask,
  createResumeDeliveriesTask,
  resumeDeliveriesTask,
} from './deliveries/deliver.job.js';
import { createDeliveryRetentionTask, deliveryRetentionTask } from './deliveries/delivery-retention.job.js';
import { deliveryLoaders } from './deliveries/delivery-loaders.js';
import { deliverTask } from './deliveries/delivery.js';
import { DeliveryMutationsResolver, DestinationDeliveriesResolver } from './deliveries/delivery.resolver.js';
import { DestinationMutationsResolver, WorkspaceDestinationsResolver } from './destination.resolver.js';
import type { FindUsers } from './edit-destinations.js';
import { destinationTypes } from './kinds.js';

export {
  enqueueDeliveries,
  enqueueDelivery,
  mostDeliveries,
  type DeliveryWanted,
  type Enqueued,
} from './deliveries/enqueue-deliveries.js';
export {
  createMailSender,
  type MailOutcome,
  type MailSender,
  type OutgoingMail,
} from './smtp/mail-sender.js';
export type { OpenDestination } from './connect.js';
export {
  DestinationFailure,
  type AudienceBatch,
  type AudienceConnector,
  type AudienceWanted,
  type BatchOutcome,
  type Connection,
  type Destination,
  type DestinationKind,
  type MemberKind,
  type MemberValues,
} from './destination.js';
export {
  destinationsByIds,
  disableDestination,
  findDestination,
  requireDestination,
} from './destination.repository.js';
export { DestinationKindEnum, DestinationObject } from './destination.types.js';
export type { FindUsers } from './edit-destinations.js';
export { destinationTypes } from './kinds.js';

/** Opens a destination of a workspace for one run. Throws `DestinationFailure` when it cannot be. */
export type OpenForRun = (workspaceId: string, id: string, signal: AbortSignal) => Promise<OpenDestination>;

/** What opening destinations takes. */
export type Opens = Pick<Services, 'withWorkspace' | 'secrets' | 'network' | 'ask' | 'settings'>;

/** How destinations are opened in this process. */
export function createOpenDestination({
  withWorkspace,
  secrets,
  network,
  ask,
  settings: { exportDir },
}: Opens): OpenForRun {
  const opening = { withWorkspace, secrets, types: destinationTypes, outside: { network, ask }, exportDir };
  return (workspaceId, id, signal) => openDestination(opening, workspaceId, id, signal);
}

/**
 * Where audiences, mail and calls go: accounts at ad platforms, with credentials that are kept sealed.
 * @param findUsers what modules above this one know of who uses a destination.
 */
export const createDestinationsModule =
  (findUsers: FindUsers): CreateModule =>
  (services) => ({
    resolvers: [
      new WorkspaceDestinationsResolver(services),
      new DestinationMutationsResolver(services, findUsers),
      new DestinationDeliveriesResolver(deliveryLoaders(services.withWorkspace)),
      new DeliveryMutationsResolver(services),
    ],
    tasks: {
      [deliverTask]: createDeliverTask(services),
      [resumeDeliveriesTask]: createResumeDeliveriesTask(services),
      [deliveryRetentionTask]: createDeliveryRetentionTask(services),
    },
  });
