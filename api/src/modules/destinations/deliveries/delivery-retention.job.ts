import { day } from '../../../platform/clock.js';
import { eachWorkspace, inBatches } from '../../../platform/jobs/batches.js';
import type { Services, Task } from '../../../platform/module.js';
import { deleteSettled } from './delivery.repository.js';

/** The name of the job that forgets deliveries; it runs every day. */
export const deliveryRetentionTask = 'expire-webhook-deliveries';

/** Days that are kept: of what arrived, to look it up; of what was given up, to replay it. */
export const deliveredDays = 7;
export const deadDays = 30;

const atATime = 5000;

/** Forgets what was delivered or given up long ago. */
export function createDeliveryRetentionTask(
  services: Pick<Services, 'directory' | 'withWorkspace' | 'clock'>,
): Task {
  return (_payload, { signal }) => {
    const now = services.clock.now().getTime();
    const delivered = new Date(now - deliveredDays * day);
    const dead = new Date(now - deadDays * day);
    return eachWorkspace(services, signal, (id) =>
      inBatches(atATime, signal, () =>
        services.withWorkspace(id, (tx) => deleteSettled(tx, { delivered, dead, limit: atATime })),
      ),
    );
  };
}
