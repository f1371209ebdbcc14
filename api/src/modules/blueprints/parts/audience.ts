import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { Failure } from '../../../platform/errors.js';
import {
  archiveAudience,
  changeAudience,
  createAudience,
  deliveriesOf,
  findAudience,
  findAudienceNamed,
  schedules,
  setDelivery,
  type CustomAudience,
} from '../../audiences/index.js';
import { AdPlatformEnum, AudienceIdentifierEnum, AudienceKindEnum } from '../../ad-files/index.js';
import { readFilled } from './read-filled.js';
import type { Making, PartType } from './part.js';

const filled = z
  .object({
    name: z.string(),
    segment: z.string(),
    platform: z.enum(AdPlatformEnum),
    kind: z.enum(AudienceKindEnum),
    identifiers: z.array(z.enum(AudienceIdentifierEnum)),
    destination: z.string().nullable(),
    schedule: z.enum(schedules),
    dailyHour: z.int().min(0).max(23).nullable(),
  })
  .transform(({ segment, destination, ...rest }) => ({
    ...rest,
    segmentId: segment,
    destinationId: destination,
  }));

/** What a custom audience says, and where it goes. */
export type AudienceDefinition = z.infer<typeof filled>;

/** Custom audiences of a blueprint, each with its destination and schedule. */
export const audiencePart: PartType<AudienceDefinition> = {
  define: (body, path) => readFilled(filled, body, path),
  async read(tx, id) {
    const audience = await findAudience(tx, id);
    if (!audience) return undefined;
    const { name, segmentId, platform, kind, identifiers, archivedAt } = audience;
    const [delivery] = await deliveriesOf(tx, [id]);
    const { destinationId, schedule, dailyHour } = delivery!;
    const definition = { name, segmentId, platform, kind, identifiers: [...identifiers] };
    return {
      definition: { ...definition, destinationId, schedule, dailyHour },
      isArchived: archivedAt !== null,
    };
  },
  find: (tx, name) => findAudienceNamed(tx, name),
  async create(making, definition) {
    const audience = await createAudience(making.tx, definition, making.editor);
    if (definition.destinationId) await deliver(making, audience, definition);
    return audience.id;
  },
  async change(making, id, definition) {
    const known = (await audiencePart.read(making.tx, id))!.definition;
    if (known.platform !== definition.platform || known.kind !== definition.kind)
      throw new Failure('CONFLICT', `"${known.name}" is for another platform here, or of other people.`);
    const { name, segmentId, identifiers, destinationId, schedule, dailyHour } = definition;
    const audience = await changeAudience(making.tx, { id, name, segmentId, identifiers }, making.editor);
    const delivery = { destinationId, schedule, dailyHour };
    const { destinationId: to, schedule: when, dailyHour: hour } = known;
    if (!isDeepStrictEqual(delivery, { destinationId: to, schedule: when, dailyHour: hour }))
      await deliver(making, audience, definition);
  },
  async archive({ tx, editor }, id) {
    await archiveAudience(tx, id, editor);
  },
};

async function deliver(
  { services: { enqueue }, tx, editor }: Making,
  { id }: CustomAudience,
  { destinationId, schedule, dailyHour }: AudienceDefinition,
): Promise<void> {
  await setDelivery({ tx, enqueue, editor }, { id, destinationId, schedule, dailyHour });
}
