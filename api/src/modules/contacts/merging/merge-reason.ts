/** Why one contact became part of another. */
export const mergeReasons = ['by_hand', 'anonymous', 'shared_identity', 'alias'] as const;
export type MergeReason = (typeof mergeReasons)[number];
