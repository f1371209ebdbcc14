import type { Services } from '../../../platform/module.js';
import { findDestination } from '../../destinations/index.js';
import type { ErasureFollower } from '../../privacy/index.js';
import { beginSync } from './begin-sync.js';
import { audiencesKnowing, insertNotice, markErased } from './erasure-notice.repository.js';

/**
 * Has the people of an erasure removed wherever they were sent: from every audience, paused and archived ones too. What was
 * said of them is kept until the platform has confirmed, because it is what the removal says.
 */
export function createFollowErasure({ enqueue }: Pick<Services, 'enqueue'>): ErasureFollower {
  return async (tx, { requestId, ordinals, now }) => {
    const told = await audiencesKnowing(tx, ordinals);
    await markErased(tx, ordinals, requestId);
    for (const { audienceId, destinationId } of told) {
      const destination = await findDestination(tx, destinationId);
      await insertNotice(tx, { requestId, audienceId, destinationName: destination?.name ?? '', now });
      await beginSync(tx, enqueue, {
        audienceId,
        destinationId,
        cause: 'withdrawal',
        createdBy: 'system',
        now,
      });
    }
  };
}
