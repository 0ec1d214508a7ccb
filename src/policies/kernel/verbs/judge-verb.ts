import type { VerbInput } from '../../../contracts/kernel/messages.ts';
import type { VerbDefinition } from '../../../kinds/kind.ts';
import { problemsOfArguments } from './judge-arguments.ts';

export type Verbs = Readonly<Record<string, VerbDefinition>>;

/** What a verb is judged by: where the run stands when it arrives. */
export interface VerbContext {
  /** Of the run that is open. */
  runRef: string;
  /** What people know the run by: the version that it rolls out. */
  named: string;
  phase: string;
  /** Weight of the open stage. */
  stage?: number;
  /** The step that waits for a decision. */
  step?: string;
  /** Who may approve the open approval; empty means anyone with a name. */
  approvers: readonly string[];
  /** Revisions that undo can bring back. */
  kept?: readonly number[];
}

export type Ruling = { accepted: true } | { accepted: false; reason: string };

/** Whether a verb means something now. A repeated or late one is refused, with the reason. */
export function judgeVerb(
  verbs: Verbs,
  verb: string,
  input: VerbInput,
  context: VerbContext,
): Ruling {
  const definition = verbs[verb];
  if (definition === undefined) return refuse(`There is no verb ${verb}.`);
  if (input.runRef !== undefined && input.runRef !== context.runRef) {
    return refuse(
      `${verb} was sent to run ${input.runRef}, but the open run is ${context.runRef} (${context.named}).`,
    );
  }
  const { during, takes, needsName, needsReason, otherwise } = definition;
  if (!during.includes(context.phase)) {
    return refuse(
      `${otherwise} (${context.phase}). Accepted now: ${listAccepted(verbs, context.phase)}.`,
    );
  }
  if (takes === 'stage' && input.stage !== undefined && input.stage !== context.stage) {
    return refuse(
      `${verb} was meant for the stage at ${input.stage} %, but the one at ${context.stage} % is open.`,
    );
  }
  if (takes === 'step' && input.step !== undefined && input.step !== context.step) {
    return refuse(`${verb} was meant for the step ${input.step}, but ${context.step} is open.`);
  }
  if (needsReason && (input.why ?? '').trim() === '') {
    return refuse(`${verb} needs a reason: send {"why": "the reason"}, or --why "the reason".`);
  }
  if (takes === 'revision' && input.toRevision !== undefined) {
    return judgeRevision(input.toRevision, context);
  }
  const problems = problemsOfArguments(definition.with, input.with);
  if (problems.length > 0) return refuse(`${verb} cannot be read: ${problems.join('; ')}.`);
  if (needsName) return judgeApprover(verb, input, context);
  return { accepted: true };
}

/** The verbs that would be accepted in this phase: those that move the run on before those that end it. */
export function acceptedVerbs(verbs: Verbs, phase: string): string[] {
  const accepted = Object.entries(verbs).filter(([, { during }]) => during.includes(phase));
  return [
    ...accepted.filter(([, { endsRun }]) => !endsRun),
    ...accepted.filter(([, { endsRun }]) => endsRun),
  ].map(([verb]) => verb);
}

function judgeRevision(revision: number, { kept = [] }: VerbContext): Ruling {
  if (kept.includes(revision)) return { accepted: true };
  return refuse(`Revision ${revision} is not kept; kept are: ${kept.join(', ') || 'none'}.`);
}

function judgeApprover(verb: string, { by }: VerbInput, { approvers }: VerbContext): Ruling {
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

function listAccepted(verbs: Verbs, phase: string): string {
  const accepted = acceptedVerbs(verbs, phase);
  return accepted.length > 0 ? accepted.join(', ') : 'nothing';
}

function refuse(reason: string): Ruling {
  return { accepted: false, reason };
}
