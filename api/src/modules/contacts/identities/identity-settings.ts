import type { IdentityKind } from '@coterie/rules';
import { day } from '../../../platform/clock.js';
import { Failure } from '../../../platform/errors.js';

/** Kinds that a workspace may let two identified contacts merge on. */
export const mergeableKinds = ['email', 'phone', 'anonymous_id'] as const satisfies IdentityKind[];

/** How a workspace recognises its contacts. */
export interface IdentitySettings {
  /**
   * An identity of these kinds that two identified contacts share makes them one, unless they differ in a stronger kind.
   * Anonymous contacts join identified ones in any case.
   */
  mergeOn: readonly (typeof mergeableKinds)[number][];
  /** An identity that so many contacts claimed within {@link sharedWindow} is blocked, besides the one that has it. */
  contactLimit: number;
  /** Devices that a contact may gain within {@link deviceWindow}. */
  deviceLimit: number;
}

/** How far back claims on an identity count, in milliseconds. */
export const sharedWindow = 30 * day;

/** How far back new devices count, in milliseconds. */
export const deviceWindow = 30 * day;

/**
 * An e-mail address is one person's almost always: whoever signed up for the newsletter is the customer who logs in. A
 * phone number is often a household's or a switchboard's, a device a family's. Ten colleagues behind one number are
 * still told apart by their addresses; a browser that forgets its id every week, on three devices, makes thirteen in a
 * month, so a hundred are no person's.
 */
export const defaultIdentitySettings: IdentitySettings = {
  mergeOn: ['email'],
  contactLimit: 10,
  deviceLimit: 100,
};

const highestLimit = 10_000;

/** Checks those settings that are given. Throws INVALID_INPUT with the path of what is wrong. */
export function checkIdentitySettings(settings: Partial<IdentitySettings>): void {
  for (const limit of ['contactLimit', 'deviceLimit'] as const) {
    const value = settings[limit];
    if (value === undefined) continue;
    if (Number.isInteger(value) && value >= 1 && value <= highestLimit) continue;
    throw new Failure('INVALID_INPUT', `This must be from 1 to ${highestLimit}.`, { path: `input.${limit}` });
  }
}
