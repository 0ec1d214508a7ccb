import { expect, test } from 'vitest';
import { Mailbox } from '../../../workflows/kernel/mailbox.ts';
import type { Run } from '../../../workflows/kernel/run.ts';
import { verbActs } from '../../../workflows/kernel/verb-acts.ts';

/** What people read once a run that is in this phase was given up. */
function shownOnceGivenUp(phase: string): { now: string; answer: string | undefined } {
  const mailbox = new Mailbox();
  let now = '';
  const run = {
    status: { phase },
    phaseAfterAnswer: () => 'completing',
    enterPhase: (_: string, shown: string) => (now = shown),
  };
  const verb = { by: 'ana', sender: 'ana', input: { by: 'ana' } };
  verbActs(mailbox)['giveUp']?.(run as unknown as Run, verb);
  return { now, answer: mailbox.answers.take() };
}

test('an undo that failed is given up as such', () => {
  expect(shownOnceGivenUp('undo-failed')).toEqual({
    now: 'Undo given up by ana',
    answer: 'giveUp',
  });
});

test('a run that is stuck has no undo that failed: the step is given up', () => {
  expect(shownOnceGivenUp('stuck')).toEqual({ now: 'Given up by ana', answer: 'giveUp' });
});
