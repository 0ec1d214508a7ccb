import { sleep } from '@temporalio/workflow';
import type { ProbeOutcome } from '../../../../src/contracts/recovery/playbooks/activities.ts';
import type { Part, PartEvidence } from '../../../../src/contracts/recovery/playbooks/part.ts';
import type { StepResult } from '../../../../src/policies/recovery/playbooks/known-values.ts';
import { partNamed } from '../../../../src/policies/recovery/playbooks/parts/table.ts';
import type { PlannedStep } from '../../../../src/policies/recovery/playbooks/plan.ts';
import {
  resolveValues,
  type Known,
} from '../../../../src/policies/recovery/playbooks/resolve-values.ts';
import { formatDuration } from '../../../../src/specs/kernel/duration.ts';
import type { Doing } from '../../../../src/specs/recovery/playbook-step.ts';
import type { OpenStep } from '../../../kernel/steps.ts';
import { isTrue } from './known-to-step.ts';
import type { ActionPerformer, Order } from './performer.ts';
import { performerOf, proberOf } from './performers/table.ts';
import type { PlaybookRun } from './playbook-run.ts';
import { actFailureIn, failureIn, StepFailure } from './step-failure.ts';

/** A step that names an action or a probe. */
export interface PartStep<D extends Doing> {
  step: PlannedStep;
  does: D;
  known: Known;
}

type ProbeStep = PartStep<Extract<Doing, { kind: 'probe' }>>;
type ActionStep = PartStep<Extract<Doing, { kind: 'action' }>>;

/** Asks until it has passed for as long as it should, or its time is over. */
export async function askProbe<Spec>(
  run: PlaybookRun<Spec>,
  { step, does, known }: ProbeStep,
  { prove }: OpenStep,
): Promise<StepResult> {
  const order = orderOf(run, step, { name: does.probe, values: does.with, known });
  const startedAtMs = Date.now();
  const untilMs = startedAtMs + does.withinMs;
  let passedSinceMs: number | undefined;
  for (;;) {
    const askedAtMs = Date.now();
    const answer = await ask(run, order, does.expect);
    if (answer.seen.length > 0) for (const seen of answer.seen) prove(seen);
    const passes = answer.kind === 'answer' && answer.passed;
    passedSinceMs = passes ? (passedSinceMs ?? askedAtMs) : undefined;
    if (passedSinceMs !== undefined && Date.now() - passedSinceMs >= does.forMs) {
      return resultOf(order, answer.outputs, true);
    }
    const nextMs = spacing(Date.now() - startedAtMs, does.everyMs);
    if (Date.now() + nextMs > untilMs && (!passes || Date.now() >= untilMs)) {
      throw notPassed(answer, does.withinMs, order);
    }
    await sleep(nextMs, { summary: `until ${step.title} is asked again` });
  }
}

/** A probe that is asked for long fills the history, so it is asked less often after a while. */
function spacing(elapsedMs: number, everyMs: number): number {
  return elapsedMs < 120_000 ? everyMs : Math.max(everyMs, Math.min(60_000, elapsedMs / 20));
}

type Answer = ProbeOutcome & { kind: 'answer' | 'none'; why: string };

async function ask<Spec>(
  run: PlaybookRun<Spec>,
  order: Order,
  expected: string | undefined,
): Promise<Answer> {
  try {
    const outcome = await proberOf(order.part).ask(run, order);
    const shown = outcome.seen.map(({ what, value }) => `${what} is ${value}`).join(', ');
    if (!outcome.passed || expected === undefined) {
      return { ...outcome, kind: 'answer', why: shown };
    }
    const passed = isTrue(expected, { result: outcome.outputs }, 'expect');
    return { ...outcome, passed, kind: 'answer', why: `${shown}, and not: ${expected}` };
  } catch (error) {
    const why = failureIn(error).message;
    const seen = [{ what: 'answer', source: order.part.name, value: `none: ${why}` }];
    return { kind: 'none', passed: false, outputs: {}, seen, why };
  }
}

function notPassed({ kind, why, outputs }: Answer, withinMs: number, order: Order): StepFailure {
  const tried = withinMs === 0 ? '' : ` within ${formatDuration(withinMs)}`;
  if (kind === 'none')
    return new StepFailure(`${order.title} got no answer${tried}: ${why}`, 'unanswered');
  return new ProbeFailed(
    `${order.title} did not pass${tried}: ${why}`,
    resultOf(order, outputs, false),
  );
}

/** The answer of a probe that did not pass, for the steps after it. */
export class ProbeFailed extends StepFailure {
  readonly result: StepResult;

  constructor(message: string, result: StepResult) {
    super(message);
    this.result = result;
  }
}

/** Checks it, arms its undo, and acts; again where it failed and the step says so. */
export async function performAction<Spec>(
  run: PlaybookRun<Spec>,
  { step, does, known }: ActionStep,
  { prove }: OpenStep,
): Promise<StepResult> {
  const order = orderOf(run, step, { name: does.action, values: does.with, known });
  const performer = performerOf(order.part);
  const { attempts, everyMs } = step.retry;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { problems, before } = await run.shielded(() => performer.check(run, order));
      if (problems.length > 0) throw new StepFailure(problems.join('; '));
      if (step.noReturn) run.passReturn();
      const first = rememberBefore(run, step.title, before);
      const isUndoable = !run.state.isPastReturn && step.undo === undefined;
      armWritten(run, step, known);
      const outcome = await perform(run, performer, {
        ...{ ...order, isUndoable },
        ...(first !== undefined && { before: first }),
      });
      for (const seen of outcome.seen) prove(seen);
      return resultOf(order, outcome.outputs);
    } catch (error) {
      const failure = failureIn(error);
      if (attempt >= attempts || failure.is !== 'answered') throw failure;
      prove({ what: `attempt ${attempt}`, source: order.part.name, value: failure.message });
      await run.shielded(() => sleep(everyMs, { summary: `until ${step.title} is tried again` }));
    }
  }
}

async function perform<Spec>(
  run: PlaybookRun<Spec>,
  performer: ActionPerformer,
  act: Parameters<ActionPerformer['perform']>[1],
): ReturnType<ActionPerformer['perform']> {
  try {
    return await run.shielded(() => performer.perform(run, act));
  } catch (error) {
    throw actFailureIn(error);
  }
}

/** What an act changed must not pass for what was there before it. */
function rememberBefore<Spec>(run: PlaybookRun<Spec>, title: string, before: unknown): unknown {
  if (before !== undefined && run.state.before[title] === undefined)
    run.state.before[title] = before;
  return run.state.before[title];
}

/** An undo that the playbook writes, with what is known before the act. */
function armWritten<Spec>(
  run: PlaybookRun<Spec>,
  { title, undo }: PlannedStep,
  known: Known,
): void {
  if (undo === undefined || undo === 'none') return;
  if (run.state.isPastReturn || run.state.armed[title] !== undefined) return;
  const inputs = inputsFor(partOf(undo.action), undo.with, known, `the undo of ${title}`);
  run.undo.arm(`undo ${title}: ${undo.action}`, 'undoByAction', title, undo.action, inputs);
  run.state.armed[title] = true;
  run.refresh();
}

function orderOf<Spec>(
  run: PlaybookRun<Spec>,
  step: PlannedStep,
  { name, values, known }: { name: string; values: Known; known: Known },
): Order {
  const part = partOf(name);
  return {
    ...{ title: step.title, part },
    inputs: inputsFor(part, values, known, step.title),
    evidence: evidenceFor(run, step),
    ...(step.timeoutMs !== undefined && { timeoutMs: step.timeoutMs }),
  };
}

function partOf(name: string): Part {
  const part = partNamed(name);
  if (part === undefined) throw new StepFailure(`this version of Belay has no ${name}`);
  return part;
}

function inputsFor(part: Part, values: Known, known: Known, title: string) {
  const resolved = resolveValues(values, part.inputs, known);
  if (resolved.ok) return resolved.value;
  throw new StepFailure(`${title}: ${resolved.reasons.join('; ')}`, 'unanswered');
}

/** Evidence exists only where the step that makes it is done. */
function evidenceFor<Spec>(
  run: PlaybookRun<Spec>,
  { requires, title, within }: PlannedStep,
): Record<string, PartEvidence> {
  return Object.fromEntries(
    Object.entries(requires).map(([sort, reference]) => {
      const step = reference
        .trim()
        .replace(/^steps\./, '')
        .replace(/\.evidence$/, '');
      const full = within === undefined ? step : `${within.id}.${step}`;
      const result = run.state.results[full];
      if (result?.evidence === undefined) {
        const state = result === undefined ? 'has not been taken' : `was ${result.state}`;
        throw new StepFailure(
          `${title} requires evidence that is "${sort}", and the step ${full} ${state}`,
          'unanswered',
        );
      }
      return [sort, result.evidence];
    }),
  );
}

function resultOf({ part, title }: Order, outputs: Known, passed?: boolean): StepResult {
  const evidence = { sort: part.makes, step: title, atMs: Date.now(), outputs };
  return {
    ...{ state: 'done', outputs },
    ...(passed !== undefined && { passed }),
    // A probe that did not pass is no evidence of what it asks.
    ...(passed !== false && { evidence }),
  };
}
