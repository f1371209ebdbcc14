import { platforms } from '@coterie/ad-formats';
import { Query, Resolver } from 'type-graphql';
import { Access } from '../../platform/graphql/access.js';
import { AdPlatformFormatType, type AudienceKind } from './ad-files.types.js';
import { defaultIdentifiers, identifiersOf, matchingOf } from './identifiers.js';

/** What the ad platforms take: the same for everybody. */
@Resolver()
export class AdPlatformsResolver {
  @Access({ kind: 'public' })
  @Query(() => [AdPlatformFormatType], { description: 'What each ad platform takes.' })
  adPlatforms(): AdPlatformFormatType[] {
    return Object.values(platforms).map((platform) => ({
      platform: platform.id,
      label: platform.label,
      minimumSize: platform.minimumSize,
      maximumRows: platform.maximumRows ?? null,
      maximumBytes: platform.maximumBytes ?? null,
      lists: platform.kinds
        .filter((kind): kind is AudienceKind => kind !== 'seed')
        .map((kind) => ({
          kind,
          identifiers: identifiersOf(platform, kind),
          defaultIdentifiers: defaultIdentifiers(platform, kind),
          matching: matchingOf(platform, kind),
        })),
    }));
  }
}
