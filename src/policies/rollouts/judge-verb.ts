import type { Verb, VerbInput } from '../../contracts/kernel/messages.ts';
import { verbs } from '../../contracts/kernel/messages.ts';
import type { RolloutPhase } from '../../contracts/rollouts/status.ts';

/** What a verb is judged by: where the rollout stands when it arrives. */
export interface VerbContext {
  /** The `rolloutId` of the run that is open. */
  runRef: string;
  version: string;
  phase: RolloutPhase;
  /** Weight of the open stage. */
  stage?: number;
  /** Who may approve the open approval; empty means anyone with a name. */
  approvers: string[];
  /** Revisions that undo can bring back. */
  kept: number[];
}

export type Ruling = { accepted: true } | { accepted: false; reason: string };

const undoable: RolloutPhase[] = [
  'starting',
  'preparing',
  'holding',
  'paused',
  'inconclusive',
  'awaiting-approval',
  'keeping',
  'taking-over',
  'stuck',
];

const acceptedIn: Record<Verb, RolloutPhase[]> = {
  promote: ['holding', 'paused', 'inconclusive', 'keeping'],
  promoteFull: ['holding', 'paused', 'inconclusive'],
  abort: undoable,
  undo: undoable,
  pause: ['holding'],
  resume: ['paused'],
  approve: ['awaiting-approval'],
  reject: ['awaiting-approval'],
  retry: ['undo-failed', 'stuck'],
  giveUp: ['undo-failed'],
};

const meansOneStage: Verb[] = ['promote', 'approve', 'reject'];

/** Whether a verb means something now. A repeated or late one is refused, with the reason. */
export function judgeVerb(verb: Verb, input: VerbInput, context: VerbContext): Ruling {
  if (input.runRef !== undefined && input.runRef !== context.runRef) {
    return refuse(
      `${verb} was sent to run ${input.runRef}, but the open run is ${context.runRef} (${context.version}).`,
    );
  }
  if (!acceptedIn[verb].includes(context.phase)) {
    return refuse(`${describeRefusal(verb, context)} Accepted now: ${listAccepted(context)}.`);
  }
  if (meansOneStage.includes(verb) && input.stage !== undefined && input.stage !== context.stage) {
    return refuse(
      `${verb} was meant for the stage at ${input.stage} %, but the one at ${context.stage} % is open.`,
    );
  }
  if (verb === 'undo' && input.toRevision !== undefined)
    return judgeRevision(input.toRevision, context);
  if (verb === 'approve' || verb === 'reject') return judgeApprover(verb, input, context);
  return { accepted: true };
}

const givingUp: Verb[] = ['abort', 'undo'];

/** The verbs that would be accepted now: those that move the rollout on before those that end it. */
export function acceptedVerbs(context: Pick<VerbContext, 'phase'>): Verb[] {
  const accepted = verbs.filter((verb) => acceptedIn[verb].includes(context.phase));
  return [
    ...accepted.filter((verb) => !givingUp.includes(verb)),
    ...accepted.filter((verb) => givingUp.includes(verb)),
  ];
}

function judgeRevision(revision: number, { kept }: VerbContext): Ruling {
  if (kept.includes(revision)) return { accepted: true };
  return refuse(`Revision ${revision} is not kept; kept are: ${kept.join(', ') || 'none'}.`);
}

function judgeApprover(verb: Verb, { by }: VerbInput, { approvers }: VerbContext): Ruling {
  if (typeof by !== 'string' || by.trim() === '') {
    return refuse(`${verb} needs a name: send {"by": "your name"}.`);
  }
  if (approvers.length > 0 && !approvers.some((name) => isSamePerson(name, by))) {
    return refuse(`${by} is not among those who may ${verb}: ${approvers.join(', ')}.`);
  }
  return { accepted: true };
}

/** An approver named without a host is meant on every host: `ana` is also `ana@laptop`. */
function isSamePerson(named: string, by: string): boolean {
  return named === by || (!named.includes('@') && by.split('@')[0] === named);
}

function describeRefusal(verb: Verb, { phase }: VerbContext): string {
  const nothing: Record<Verb, string> = {
    promote: 'Nothing is held now, so there is nothing to promote',
    promoteFull: 'Nothing is held now, so there is nothing to promote',
    abort: 'There is nothing left to abort',
    undo: 'There is nothing left to undo in this rollout',
    pause: 'No hold is running, so there is no clock to stop',
    resume: 'The rollout is not paused',
    approve: 'No approval is being waited for',
    reject: 'No approval is being waited for',
    retry: 'Nothing has failed that could be tried again',
    giveUp: 'No undo has failed',
  };
  return `${nothing[verb]} (${phase}).`;
}

function listAccepted(context: VerbContext): string {
  const accepted = acceptedVerbs(context);
  return accepted.length > 0 ? accepted.join(', ') : 'nothing';
}

function refuse(reason: string): Ruling {
  return { accepted: false, reason };
}
