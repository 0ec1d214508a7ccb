import type { PersonAct } from '../../../contracts/kernel/person-act.ts';
import { shorten } from '../notifications/bounded-text.ts';

/** Each text of a refused message is cut to this before it is recorded: anyone may send any number. */
const longestRefusedText = 200;

export function refusedAct(act: PersonAct, reason: string): PersonAct {
  const { by, why } = act;
  return {
    ...act,
    ...(by !== undefined && { by: shorten(by, longestRefusedText) }),
    ...(why !== undefined && { why: shorten(why, longestRefusedText) }),
    ignored: shorten(reason, longestRefusedText),
  };
}
