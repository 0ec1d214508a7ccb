import type { VerbInput } from '../../contracts/kernel/messages.ts';
import { rolloutVerbs, verbs, type Verb } from '../../kinds/rollout-verbs.ts';
import type { RolloutPhase } from '../../kinds/rollout-phases.ts';

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

/** Whether a verb means something now. A repeated or late one is refused, with the reason. */
export function judgeVerb(verb: Verb, input: VerbInput, context: VerbContext): Ruling {
  if (input.runRef !== undefined && input.runRef !== context.runRef) {
    return refuse(
      `${verb} was sent to run ${input.runRef}, but the open run is ${context.runRef} (${context.version}).`,
    );
  }
  const { during, takes, needsName, otherwise } = rolloutVerbs[verb];
  if (!during.includes(context.phase)) {
    return refuse(`${otherwise} (${context.phase}). Accepted now: ${listAccepted(context)}.`);
  }
  if (takes === 'stage' && input.stage !== undefined && input.stage !== context.stage) {
    return refuse(
      `${verb} was meant for the stage at ${input.stage} %, but the one at ${context.stage} % is open.`,
    );
  }
  if (takes === 'revision' && input.toRevision !== undefined) {
    return judgeRevision(input.toRevision, context);
  }
  if (needsName) return judgeApprover(verb, input, context);
  return { accepted: true };
}

/** The verbs that would be accepted now: those that move the rollout on before those that end it. */
export function acceptedVerbs(context: Pick<VerbContext, 'phase'>): Verb[] {
  const accepted = verbs.filter((verb) => rolloutVerbs[verb].during.includes(context.phase));
  return [
    ...accepted.filter((verb) => !rolloutVerbs[verb].endsRun),
    ...accepted.filter((verb) => rolloutVerbs[verb].endsRun),
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

function listAccepted(context: VerbContext): string {
  const accepted = acceptedVerbs(context);
  return accepted.length > 0 ? accepted.join(', ') : 'nothing';
}

function refuse(reason: string): Ruling {
  return { accepted: false, reason };
}
