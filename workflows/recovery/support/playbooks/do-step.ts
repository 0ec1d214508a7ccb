import { sleep } from '@temporalio/workflow';
import { evaluateExpression } from '../../../../src/policies/recovery/playbooks/cel.ts';
import type { StepResult } from '../../../../src/policies/recovery/playbooks/known-values.ts';
import type { PlannedStep } from '../../../../src/policies/recovery/playbooks/plan.ts';
import {
  fillForPeople,
  type Known,
} from '../../../../src/policies/recovery/playbooks/resolve-values.ts';
import {
  splitTemplate,
  wholeExpression,
} from '../../../../src/policies/recovery/playbooks/template.ts';
import { formatDuration } from '../../../../src/specs/kernel/duration.ts';
import type { Doing } from '../../../../src/specs/recovery/playbook-step.ts';
import type { OpenStep } from '../../../kernel/steps.ts';
import { askPeople } from './ask-people.ts';
import { askProbe, performAction } from './do-part.ts';
import type { PlaybookRun } from './playbook-run.ts';
import { StepFailure } from './step-failure.ts';

/** Carries out one step that is neither divided into branches nor an include. */
export async function doStep<Spec>(
  run: PlaybookRun<Spec>,
  step: PlannedStep,
  { known, open }: { known: Known; open: OpenStep },
): Promise<StepResult> {
  const { does } = step;
  switch (does.kind) {
    case 'probe':
      if (step.noReturn) run.passReturn();
      return run.shielded(() => askProbe(run, { step, does, known }, open));
    case 'action':
      return performAction(run, { step, does, known }, open);
    case 'approval':
      return askPeople(run, { step, does, known }, open);
    case 'wait':
      if (step.noReturn) run.passReturn();
      return run.shielded(() => waitFor(does, known, { step, open }));
    case 'notify':
      if (step.noReturn) run.passReturn();
      return tell(run, does, { known, open });
    case 'parallel':
    case 'use':
      throw new Error(`${step.title} is taken apart before`);
  }
}

async function waitFor(
  { for: written }: Extract<Doing, { kind: 'wait' }>,
  known: Known,
  { step, open }: { step: PlannedStep; open: OpenStep },
): Promise<StepResult> {
  const ms = typeof written === 'number' ? written : evaluatedMs(written, known);
  open.prove({ what: 'wait', source: 'playbook', value: formatDuration(ms) });
  await sleep(ms, { summary: step.title });
  return { state: 'done', outputs: {} };
}

const yearMs = 365 * 86_400_000;

function evaluatedMs(written: string, known: Known): number {
  const split = splitTemplate(written);
  const expression = split.ok ? wholeExpression(split.pieces) : undefined;
  const evaluated = evaluateExpression(expression ?? written, known);
  if (!evaluated.ok) throw new StepFailure(`${written}: ${evaluated.message}`, 'unanswered');
  const ms = Number(evaluated.value);
  if (ms >= 0 && ms <= yearMs) return ms;
  throw new StepFailure(
    `${written} is ${String(evaluated.value)}; at least 0 ms and at most a year`,
  );
}

/** Sent by the routes of the settings; nobody waits for its delivery. */
async function tell<Spec>(
  run: PlaybookRun<Spec>,
  { text, severity }: Extract<Doing, { kind: 'notify' }>,
  { known, open }: { known: Known; open: OpenStep },
): Promise<StepResult> {
  const said = fillForPeople(text, known);
  const { environment, name } = run.status.subject;
  const title = `${environment}/${name}: ${said.split('\n')[0] ?? ''}`;
  run.notifier.notify('message', undefined, { title, text: said, severity });
  open.prove({ what: severity, source: 'notification', value: said });
  return { state: 'done', outputs: {} };
}
