import { formatShare } from '../../ui/format.js';

/** 36%, <1%: what is there at all is never told as nothing. */
export function shareOf(share: number): string {
  return share > 0 && share < 0.005 ? '<1%' : formatShare(share);
}
