import { verbs, type Verb } from '../contracts/kernel/messages.ts';

/** What a person types for a verb: `promoteFull` is `promote-full`. */
export function commandName(verb: Verb): string {
  return verb.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}

export function isVerb(name: string): name is Verb {
  return (verbs as readonly string[]).includes(name);
}

/** What each verb does, in the words of its help text. */
export const verbMeanings: Record<Verb, string> = {
  promote: 'end this hold, or an inconclusive pause, and go on to the next stage',
  promoteFull: 'go straight to 100 % without further holds',
  abort: 'undo everything: all traffic back to stable',
  pause: "stop the hold's clock; the metrics may still abort",
  resume: 'end a pause',
  approve: 'answer the approval that a stage waits for',
  reject: 'refuse the approval that a stage waits for: undoes everything',
  retry: 'try a failed undo or a stuck promotion again, or start a closed rollout again',
  giveUp: 'leave a failed undo as it is and close the rollout',
  undo: 'bring the release before this one back',
};
