import { z } from 'zod';
import { eachWorkspace } from '../../../platform/jobs/batches.js';
import type { Services, Task } from '../../../platform/module.js';
import { deliverDue, type DeliverServices } from './deliver.js';
import { destinationsWithDue } from './delivery.repository.js';
import { wakeDeliveries } from './enqueue-deliveries.js';

/** The name of the job that looks for webhooks whose job was lost; it runs every hour. */
export const resumeDeliveriesTask = 'resume-webhooks';

const payloadShape = z.object({ workspaceId: z.string(), destinationId: z.string() });

/** Sends what is due of one webhook. */
export function createDeliverTask(services: DeliverServices): Task {
  return async (payload, { signal }) => {
    const { workspaceId, destinationId } = payloadShape.parse(payload);
    await deliverDue(services, { workspaceId, destinationId, signal });
  };
}

/** Starts the job of each webhook of which something is due: one whose job was given up after many failures goes on. */
export function createResumeDeliveriesTask(
  services: Pick<Services, 'directory' | 'withWorkspace' | 'clock' | 'enqueue'>,
): Task {
  return (_payload, { signal }) =>
    eachWorkspace(
      services,
      signal,
      (id) =>
        services.withWorkspace(id, async (tx) => {
          for (const destinationId of await destinationsWithDue(tx, services.clock.now()))
            await wakeDeliveries(tx, services, destinationId);
        }),
      'unarchived',
    );
}
