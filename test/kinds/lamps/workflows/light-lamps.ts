import { ApplicationFailure } from '@temporalio/workflow';
import type { StartRequest } from '../../../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import { awaitApproval } from '../../../../workflows/kernel/await-approval.ts';
import { checkpoint } from '../../../../workflows/kernel/checkpoint.ts';
import type { Continuation } from '../../../../workflows/kernel/continuation.ts';
import { Mailbox } from '../../../../workflows/kernel/mailbox.ts';
import { Run } from '../../../../workflows/kernel/run.ts';
import { runStory } from '../../../../workflows/kernel/run-story.ts';
import { planSteps, takeStep } from '../../../../workflows/kernel/steps.ts';
import { verbActs } from '../../../../workflows/kernel/verb-acts.ts';
import { lampsKind } from '../kind.ts';
import { lampActs, undosOf, type LampsRun } from './lamps-run.ts';

/** Proof that a lamp was seen lit. */
interface Lit {
  lamp: number;
}

/** Lights lamp after lamp, and turns all of them off again if it cannot light one. */
export async function lightLamps(
  input: unknown,
  request?: StartRequest,
  continuation?: Continuation,
): Promise<RunReport> {
  const mailbox = new Mailbox();
  const run: LampsRun = new Run(
    { kind: lampsKind, input, request, continuation },
    mailbox,
    (status) => status,
  );

  return runStory(
    run,
    { verbs: verbActs(mailbox), undos: undosOf },
    async ({ board, lamps, approvers }) => {
      planSteps(
        run,
        Array.from({ length: lamps }, (_, lamp) => `light lamp ${lamp}`),
      );
      run.open();
      const { next } = (run.resumedFrom ?? { next: 0 }) as { next: number };
      if (next === 0 && approvers.length > 0) {
        await awaitApproval(run, {
          what: { awaited: 'of the light', missed: 'the light' },
          by: approvers,
        });
      }
      for (let lamp = next; lamp < lamps; lamp++) {
        run.undo.arm(`turn lamp ${lamp} off`, 'lampOff', board, lamp);
        const proof = await takeStep(run, `light lamp ${lamp}`, async ({ prove }): Promise<Lit> => {
          const lit = await lampActs.lampOn(board, run.fencing.next(), lamp);
          prove({ what: 'lamps lit', source: board, value: lit.join(', '), threshold: `${lamp}` });
          if (!lit.includes(lamp)) throw ApplicationFailure.nonRetryable(`lamp ${lamp} stays dark`);
          return { lamp };
        });
        announce(run, proof);
        await checkpoint(run, () => ({ next: lamp + 1 }));
      }
      return { outcome: 'Lit', reason: `${lamps} lamps are lit` };
    },
  );
}

/** Nothing is said of a lamp without the proof that it is lit. */
function announce(run: LampsRun, { lamp }: Lit): void {
  run.notes.push(`lamp ${lamp} is lit`);
}
