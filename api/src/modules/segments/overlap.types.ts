import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { CountSourceEnum, SegmentType } from './segment.types.js';

/** One of the segments that are laid over each other. */
@ObjectType('OverlappingSegment', { description: 'One of the segments that are laid over each other.' })
@Readable('segments:read')
export class OverlappingSegmentType {
  @Field(() => SegmentType, { description: 'The segment.' })
  segment!: SegmentType;

  @Field(() => Int, { description: 'How many members it has at the version of the overlap.' })
  size!: number;
}

/** How much two segments have in common. */
@ObjectType('PairOverlap', { description: 'How much two segments have in common.' })
@Readable('segments:read')
export class PairOverlapType {
  @Field(() => ID, { description: 'The one segment.' })
  a!: string;

  @Field(() => ID, { description: 'The other segment.' })
  b!: string;

  @Field(() => Int, { description: 'How many contacts are in both.' })
  intersection!: number;

  @Field(() => Float, {
    description:
      'The Jaccard share: of all contacts in either, the share that is in both, from 0 to 1. 0 where there are none.',
  })
  jaccard!: number;

  @Field(() => Float, {
    description: 'Of all in `a` the share that is in `b`, too, from 0 to 1. 0 where nobody is in `a`.',
  })
  shareOfA!: number;

  @Field(() => Float, {
    description: 'Of all in `b` the share that is in `a`, too, from 0 to 1. 0 where nobody is in `b`.',
  })
  shareOfB!: number;
}

/** One part of a Venn diagram. */
@ObjectType('OverlapRegion', { description: 'One part of a Venn diagram of segments.' })
@Readable('segments:read')
export class OverlapRegionType {
  @Field(() => [ID], {
    description: 'The segments that its contacts are in; they are in none of the others.',
  })
  segmentIds!: string[];

  @Field(() => Int, { description: 'How many contacts that is.' })
  count!: number;
}

/** How much segments have in common. */
@ObjectType('SegmentOverlap', {
  description: 'How much segments have in common; every number is of the same version of the workspace.',
})
@Readable('segments:read')
export class SegmentOverlapType {
  @Field(() => Float, { description: 'The version of the workspace that all of it is exact at.' })
  version!: number;

  @Field(() => Date, {
    description: 'When it was asked. What is relative to now is relative to this minute.',
  })
  asOf!: Date;

  @Field(() => CountSourceEnum, { description: 'Where it comes from.' })
  source!: CountSourceEnum;

  @Field(() => Float, { description: 'Milliseconds that the answer took.' })
  tookMs!: number;

  @Field(() => [OverlappingSegmentType], { description: 'The segments in the given order.' })
  segments!: OverlappingSegmentType[];

  @Field(() => Int, { description: 'How many contacts are in any of them.' })
  union!: number;

  @Field(() => [PairOverlapType], { description: 'Every two of them, in the given order.' })
  pairs!: PairOverlapType[];

  @Field(() => [OverlapRegionType], {
    nullable: true,
    description:
      'Of two or three segments every part of their Venn diagram, those without contacts included; null of more.',
  })
  regions!: OverlapRegionType[] | null;
}
