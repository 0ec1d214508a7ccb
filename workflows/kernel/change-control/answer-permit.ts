import type { PermitAnswer, PermitRequest } from '../../../src/contracts/kernel/change-control.ts';
import {
  describeGrant,
  describeRefusal,
} from '../../../src/policies/kernel/change-control/describe-refusal.ts';
import { judgePermit } from '../../../src/policies/kernel/change-control/judge-permit.ts';
import { boundNotes } from '../../../src/policies/kernel/bound-notes.ts';
import { atOnce } from './acts.ts';
import { renewCalendars } from './calendars.ts';
import type { Desk } from './desk.ts';
import { abortHolder, dropDeadHolders } from './holders.ts';

/** Where there is no room for another permit: the oldest are the likeliest to be over. */
const oldestAsked = 200;

/** Nobody is refused for the sake of a run that is over. */
export async function answerPermit(desk: Desk, request: PermitRequest): Promise<PermitAnswer> {
  await renewCalendars(desk);
  let judgement = judgePermit(desk.state, request, Date.now());
  if (judgement.kind === 'excluded' || judgement.kind === 'full') {
    const holders =
      judgement.kind === 'full'
        ? desk.state.permits.slice(0, oldestAsked)
        : judgement.conflicts.map(({ holder }) => holder);
    await dropDeadHolders(desk, holders, atOnce);
    judgement = judgePermit(desk.state, request, Date.now());
  }
  switch (judgement.kind) {
    case 'held':
      return { granted: true, notes: judgement.permit.notes };
    case 'granted': {
      const notes = boundNotes(describeGrant(desk.environment, request, judgement));
      desk.grant(request, notes);
      const by = request.workflowId;
      await Promise.all(
        judgement.outranked.map(({ holder, because }) =>
          abortHolder(desk, holder, { by, why: because }),
        ),
      );
      return { granted: true, notes };
    }
    case 'frozen':
    case 'lever':
    case 'excluded':
    case 'full':
    case 'ended': {
      const refusal = describeRefusal(desk.state, request, judgement);
      desk.record(`${request.workflowId} was refused: ${refusal.reason}`);
      return refusal;
    }
  }
}
