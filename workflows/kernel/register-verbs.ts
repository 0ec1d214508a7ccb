import { ApplicationFailure, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import type { VerbInput, VerbReceipt } from '../../src/contracts/kernel/messages.ts';
import { rolloutVerbs, verbs, type Verb } from '../../src/kinds/rollout-verbs.ts';
import type { PersonAct } from '../../src/contracts/kernel/person-act.ts';
import { resumeClock, stopClock } from '../../src/policies/rollouts/hold-clock.ts';
import type { Ruling } from '../../src/policies/rollouts/judge-verb.ts';
import { refusedAct } from '../../src/policies/rollouts/refused-act.ts';
import { judgeVerb } from '../../src/policies/rollouts/judge-verb.ts';
import { readVerbInput } from '../../src/policies/rollouts/read-verb-input.ts';
import { targetOf, writtenRollback } from '../../src/specs/rollouts/written-spec.ts';
import type { Rollout } from './rollout.ts';

/** Registers every verb as a signal and as an update of the same name, with one handler body. */
export function registerVerbs(rollout: Rollout): void {
  for (const verb of verbs) {
    setHandler(
      defineUpdate<VerbReceipt, [unknown]>(verb),
      (given) => {
        const heard = hear(rollout, verb, given);
        if (!heard.ruling.accepted) throw refusal(heard.ruling.reason);
        return { verb, message: accept(rollout, verb, heard.input) };
      },
      {
        description: describe(verb),
        validator: (given: unknown) => {
          const { ruling } = hear(rollout, verb, given);
          if (!ruling.accepted) throw refusal(ruling.reason);
        },
      },
    );
    setHandler(
      defineSignal<[unknown]>(verb),
      (given) => {
        const { ruling, input } = hear(rollout, verb, given);
        if (ruling.accepted) accept(rollout, verb, input);
        else record(rollout, verb, input, ruling.reason);
      },
      { description: describe(verb) },
    );
  }
}

function hear(rollout: Rollout, verb: Verb, given: unknown): { ruling: Ruling; input: VerbInput } {
  const { stage } = rollout;
  const read = readVerbInput(given);
  if (!read.ok) return { ruling: { accepted: false, reason: read.reason }, input: {} };
  const ruling = judgeVerb(verb, read.input, {
    runRef: rollout.id,
    version: rollout.status.version,
    phase: rollout.status.phase,
    ...(stage !== undefined && { stage: stage.weight }),
    approvers: stage?.needsApproval?.by ?? [],
    kept: rollout.status.kept?.map(({ revision }) => revision) ?? [],
  });
  return { ruling, input: read.input };
}

function describe(verb: Verb): string {
  const { meaning, needsName } = rolloutVerbs[verb];
  return `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}${needsName ? '; needs a name in "by"' : ''}`;
}

function refusal(reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(reason, failureTypes.verbRefused);
}

/** Carries out the verb and returns what happens now. */
function accept(rollout: Rollout, verb: Verb, input: VerbInput): string {
  const by = input.by ?? 'someone';
  const because = input.why === undefined ? '' : `: ${input.why}`;
  record(rollout, verb, input);
  switch (verb) {
    case 'promote':
    case 'promoteFull':
      rollout.decision = { kind: verb, by };
      rollout.enterPhase('preparing', `Promoted by ${by}${because}`);
      break;
    case 'pause':
      if (rollout.clock !== undefined) rollout.clock = stopClock(rollout.clock, Date.now());
      rollout.enterPhase('paused', `Paused by ${by}${because}; metrics may still abort`);
      break;
    case 'resume':
      if (rollout.clock !== undefined) rollout.clock = resumeClock(rollout.clock, Date.now());
      rollout.enterPhase('holding', `Resumed by ${by}${because}`);
      break;
    case 'approve':
      rollout.approvedBy = by;
      rollout.enterPhase('preparing', `Approved by ${by}${because}`);
      break;
    case 'reject':
      rollout.interrupt({ outcome: 'Aborted', reason: `Rejected by ${by}${because}` });
      break;
    case 'abort':
      rollout.interrupt({
        outcome: input.cause === 'alert' ? 'RolledBack' : 'Aborted',
        reason: `Aborted by ${by}${because}`,
      });
      break;
    case 'undo':
      bringRevisionBackNext(rollout, input);
      rollout.interrupt({ outcome: 'Aborted', reason: `Undone by ${by}${because}` });
      break;
    case 'retry':
    case 'giveUp':
      rollout.answer = verb;
      rollout.enterPhase(
        rollout.status.phase === 'stuck' ? 'taking-over' : 'undoing',
        `${verb === 'retry' ? 'Tried again' : 'Undo given up'} by ${by}${because}`,
      );
      break;
  }
  return rollout.status.now;
}

function bringRevisionBackNext(rollout: Rollout, { by, why, toRevision }: VerbInput): void {
  const { status, input } = rollout;
  if (toRevision === undefined) return;
  const { service, environment } = status;
  rollout.successor = {
    kind: 'rollback',
    input: writtenRollback({ service, environment, target: targetOf(input), toRevision }),
    request: {
      requestId: `${status.rolloutId}/undo`,
      kind: 'rollback',
      ...(by !== undefined && { by }),
      ...(why !== undefined && { why }),
    },
  };
}

function record(rollout: Rollout, verb: Verb, input: VerbInput, ignored?: string): void {
  const act: PersonAct = {
    atMs: Date.now(),
    verb,
    ...(input.by !== undefined && { by: input.by }),
    ...(input.why !== undefined && { why: input.why }),
    ...(input.stage !== undefined && { stage: input.stage }),
  };
  rollout.record(ignored === undefined ? act : refusedAct(act, ignored));
}
