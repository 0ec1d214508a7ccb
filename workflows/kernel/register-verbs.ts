import { ApplicationFailure, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import type { VerbInput, VerbReceipt } from '../../src/contracts/kernel/messages.ts';
import type { PersonAct } from '../../src/contracts/kernel/person-act.ts';
import type { VerbDefinition } from '../../src/kinds/kind.ts';
import { judgeVerb, type Ruling } from '../../src/policies/kernel/verbs/judge-verb.ts';
import { readVerbInput } from '../../src/policies/kernel/verbs/read-verb-input.ts';
import { refusedAct } from '../../src/policies/kernel/verbs/refused-act.ts';
import type { Run } from './run.ts';

/** An accepted verb: what was sent, and how a sentence ends that says who sent it. */
export interface AcceptedVerb {
  input: VerbInput;
  /** Who sent it; "someone" where they did not say. */
  by: string;
  /** `ana: the disk is full`. */
  sender: string;
}

/** What each verb of a kind does. */
export type VerbActs<R extends Run> = Readonly<
  Record<string, (run: R, verb: AcceptedVerb) => void>
>;

/** Registers every verb of the kind as a signal and as an update of the same name, with one handler body. */
export function registerVerbs<R extends Run>(run: R, acts: VerbActs<R>): void {
  for (const [verb, definition] of Object.entries(run.kind.verbs)) {
    const act = acts[verb];
    if (act === undefined)
      throw new Error(`${run.kind.kind} has the verb ${verb}, but no act for it`);
    const accept = (input: VerbInput): string => {
      const { by = 'someone', why } = input;
      record(run, verb, input);
      act(run, { input, by, sender: why === undefined ? by : `${by}: ${why}` });
      return run.status.now;
    };
    const description = describe(definition);
    setHandler(
      defineUpdate<VerbReceipt, [unknown]>(verb),
      (given) => {
        const { ruling, input } = judge(run, verb, given);
        if (!ruling.accepted) throw refusal(ruling.reason);
        return { verb, message: accept(input) };
      },
      {
        description,
        validator: (given: unknown) => {
          const { ruling } = judge(run, verb, given);
          if (!ruling.accepted) throw refusal(ruling.reason);
        },
      },
    );
    setHandler(
      defineSignal<[unknown]>(verb),
      (given) => {
        const { ruling, input } = judge(run, verb, given);
        if (ruling.accepted) accept(input);
        else record(run, verb, input, ruling.reason);
      },
      { description },
    );
  }
}

function judge(run: Run, verb: string, given: unknown): { ruling: Ruling; input: VerbInput } {
  const read = readVerbInput(given);
  if (!read.ok) return { ruling: { accepted: false, reason: read.reason }, input: {} };
  return {
    ruling: judgeVerb(run.kind.verbs, verb, read.input, run.verbContext()),
    input: read.input,
  };
}

function describe({ meaning, needsName }: VerbDefinition): string {
  return `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}${needsName ? '; needs a name in "by"' : ''}`;
}

function refusal(reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(reason, failureTypes.verbRefused);
}

function record(run: Run, verb: string, { by, why, stage }: VerbInput, ignored?: string): void {
  const act: PersonAct = {
    atMs: Date.now(),
    verb,
    ...(by !== undefined && { by }),
    ...(why !== undefined && { why }),
    ...(stage !== undefined && { stage }),
  };
  run.record(ignored === undefined ? act : refusedAct(act, ignored));
}
