import { isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import type { Part } from '../../contracts/recovery/playbooks/part.ts';
import { partNamed, partNames } from '../../policies/recovery/playbooks/parts/table.ts';
import { celTypeOf } from '../../policies/recovery/playbooks/value-types.ts';
import { judgeEvidence, type Made } from './judge-evidence.ts';
import {
  expressionIn,
  finding,
  judgeExpression,
  judgeTemplate,
  type Path,
  type Place,
} from './judge-expressions.ts';
import { judgeStatement } from './judge-statement.ts';
import { judgeValues } from './judge-values.ts';

const forms = ['probe', 'action', 'approval', 'wait', 'notify', 'parallel', 'use'] as const;

export type Form = (typeof forms)[number];

/** What keys a form takes beyond those that every step has. */
const takes: Readonly<Record<string, readonly Form[]>> = {
  with: ['probe', 'action', 'use'],
  expect: ['probe'],
  for: ['probe'],
  within: ['probe'],
  every: ['probe'],
  retry: ['action'],
  timeout: ['probe', 'action'],
  requires: ['probe', 'action'],
  undo: ['action'],
};

export interface StepPlace {
  place: Place;
  made: Made;
  path: Path;
  /** A step before it has divided undo from going on. */
  isPastReturn: boolean;
}

/** The form of a step, where it has exactly one. */
export function formOf(step: Unfinished): Form | undefined {
  const given = forms.filter((form) => step[form] !== undefined);
  return given.length === 1 ? given[0] : undefined;
}

/** The action or probe that a step names. */
export function partOf(step: Unfinished): Part | undefined {
  const form = formOf(step);
  const name = form === 'probe' || form === 'action' ? step[form] : undefined;
  const part = typeof name === 'string' ? partNamed(name) : undefined;
  return part?.is === form ? part : undefined;
}

/** Everything that is wrong with one step, but for the steps within it. */
export function judgeStep(step: Unfinished, at: StepPlace): Finding[] {
  const { place, path } = at;
  return [
    ...judgeForm(step, path),
    ...judgeCondition(step['when'], place, [...path, 'when']),
    ...judgeName(step, path),
    ...judgePart(step, at),
    ...judgeUndo(step, at),
    ...judgeTexts(step, at),
    ...judgePastReturn(step, at),
    ...judgeNeed(step['approval'], [...path, 'approval', 'need']),
  ];
}

function judgeForm(step: Unfinished, path: Path): Finding[] {
  const given = forms.filter((form) => step[form] !== undefined);
  const [form, ...others] = given;
  if (form === undefined) return [finding(path, `does nothing; write one of ${forms.join(', ')}`)];
  const twice = others.map((other) =>
    finding([...path, other], `${form} says already what the step does; write a step of its own`),
  );
  const misplaced = Object.entries(takes).flatMap(([key, forKeys]) => {
    const isGiven = step[key] !== undefined && !(key === 'with' && isEmpty(step[key]));
    if (!isGiven || forKeys.includes(form)) return [];
    return [
      finding([...path, key], `has no meaning for ${form}; it belongs to ${forKeys.join(', ')}`),
    ];
  });
  return [...twice, ...(others.length > 0 ? [] : misplaced)];
}

function isEmpty(value: unknown): boolean {
  return isMapping(value) && Object.keys(value).length === 0;
}

function judgeCondition(expression: unknown, place: Place, path: Path): Finding[] {
  return typeof expression === 'string' ? judgeExpression(expression, 'bool', { place, path }) : [];
}

function judgeName(step: Unfinished, path: Path): Finding[] {
  const form = formOf(step);
  if (form !== 'probe' && form !== 'action') return [];
  const name = step[form];
  if (typeof name !== 'string' || partOf(step) !== undefined) return [];
  const other = partNamed(name);
  const message =
    other === undefined
      ? `there is no ${form} ${JSON.stringify(name)}; ${offerKnown(name, partNames(form))}`
      : `${name} is ${other.is === 'probe' ? 'a probe' : 'an action'}; write ${other.is}: ${name}`;
  return [finding([...path, form], message)];
}

function judgePart(step: Unfinished, { place, made, path }: StepPlace): Finding[] {
  const part = partOf(step);
  if (part === undefined) return judgeEvidence(step['requires'], undefined, { made, path });
  const values = { place, path: [...path, 'with'], of: part.name };
  const result = Object.fromEntries(
    Object.entries(part.outputs).map(([name, { type }]) => [name, celTypeOf(type)]),
  );
  const expecting = { ...place, scope: { ...place.scope, result } };
  return [
    ...judgeValues(step['with'], part.inputs, values),
    ...judgeStatement(step['with'], part, values),
    ...judgeEvidence(step['requires'], part, { made, path }),
    ...judgeCondition(step['expect'], expecting, [...path, 'expect']),
  ];
}

function judgeUndo(step: Unfinished, { place, path }: StepPlace): Finding[] {
  const { undo } = step;
  if (!isMapping(undo)) return [];
  const at = [...path, 'undo'];
  const name = undo['action'];
  if (typeof name !== 'string') return [];
  const part = partNamed(name);
  if (part?.is !== 'action') {
    const message = `there is no action ${JSON.stringify(name)}; ${offerKnown(name, partNames('action'))}`;
    return [finding([...at, 'action'], message)];
  }
  if (part.requires !== undefined) {
    return [finding([...at, 'action'], `${name} needs evidence, which an undo does not have`)];
  }
  const values = { place, path: [...at, 'with'], of: name };
  return [
    ...judgeValues(undo['with'], part.inputs, values),
    ...judgeStatement(undo['with'], part, values),
  ];
}

function judgeTexts(step: Unfinished, { place, path }: StepPlace): Finding[] {
  const { approval, notify, wait } = step;
  const expression = expressionIn(wait);
  return [
    ...(isMapping(approval)
      ? judgeTemplate(approval['message'], { place, path: [...path, 'approval', 'message'] })
      : []),
    ...(isMapping(notify)
      ? judgeTemplate(notify['text'], { place, path: [...path, 'notify', 'text'] })
      : []),
    ...(expression === undefined
      ? judgeWait(wait, [...path, 'wait'])
      : judgeExpression(expression, 'double', { place, path: [...path, 'wait'] })),
  ];
}

/** A duration was read already; other text is more than one expression. */
function judgeWait(wait: unknown, path: Path): Finding[] {
  const isMixed = typeof wait === 'string' && wait.includes('${');
  return isMixed
    ? [finding(path, 'has text beside its expression; write ${expression} alone')]
    : [];
}

function judgeNeed(approval: unknown, path: Path): Finding[] {
  if (!isMapping(approval) || !Array.isArray(approval['by'])) return [];
  const { need, by } = approval;
  const people = new Set(by.map((name) => String(name).split('@')[0])).size;
  if (typeof need !== 'number' || people === 0 || need <= people) return [];
  return [
    finding(path, `${need} people are needed, and by names ${people}; add names, or lower need`),
  ];
}

function judgePastReturn(step: Unfinished, { path, isPastReturn }: StepPlace): Finding[] {
  const isItself = step['noReturn'] === true;
  if (!isPastReturn && !isItself) return [];
  const after = isItself && !isPastReturn ? 'a step with noReturn' : 'a step after noReturn';
  return [
    ...(isMapping(step['undo'])
      ? [finding([...path, 'undo'], `${after} is not undone any more; leave undo out`)]
      : []),
    ...(step['onFailure'] === 'undo'
      ? [finding([...path, 'onFailure'], `${after} cannot be undone; write hold or continue`)]
      : []),
    ...(step['approval'] !== undefined
      ? [
          finding(
            [...path, 'approval'],
            `${after} cannot be rejected any more; ask for approval before it`,
          ),
        ]
      : []),
  ];
}
