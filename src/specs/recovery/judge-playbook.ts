import { isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import { celTypeOf, type CelType } from '../../policies/recovery/playbooks/value-types.ts';
import { usualId } from './finish-step.ts';
import { finding, type Path } from './judge-expressions.ts';
import { fieldsOfInputs, judgeInputs } from './judge-inputs.ts';
import { judgeIncludes } from './judge-includes.ts';
import { formOf, judgeStep, partOf } from './judge-step.ts';
import { judgeValues } from './judge-values.ts';

/** Everything that is wrong with a playbook beyond the form of its parts. */
export function judgePlaybook(playbook: Unfinished): Finding[] {
  const { inputs, steps } = playbook;
  const includes = isMapping(playbook['includes']) ? playbook['includes'] : {};
  return [
    ...judgeInputs(inputs, ['inputs']),
    ...judgeSequence(steps, { inputs, includes, path: ['steps'] }).findings,
    ...Object.entries(includes).flatMap(([name, include]) => {
      if (!isMapping(include)) return [];
      const path = ['includes', name];
      return [
        ...judgeInputs(include['inputs'], [...path, 'inputs']),
        ...judgeSequence(include['steps'], {
          ...{ inputs: include['inputs'], path: [...path, 'steps'] },
          isIncluded: true,
        }).findings,
      ];
    }),
    ...judgeIncludes(playbook),
  ];
}

interface Sequence {
  inputs: unknown;
  path: Path;
  /** Playbooks that steps may use. */
  includes?: Unfinished;
  isIncluded?: true;
}

interface Judged {
  findings: Finding[];
  /** What the steps give to those after them. */
  types: Record<string, CelType>;
  made: Map<string, string>;
}

function judgeSequence(
  given: unknown,
  { inputs, path, includes = {}, isIncluded }: Sequence,
): Judged {
  const steps = readSteps(given);
  const later = new Set(
    steps.flatMap(({ id, branches }) => [id, ...branches.map((one) => one.id)]),
  );
  const seen = new Set<string>();
  const judged: Judged = { findings: [], types: {}, made: new Map() };
  const inputTypes = typesOf(fieldsOfInputs(inputs));
  let isPastReturn = false;

  for (const { step, index, id, branches } of steps) {
    const at = [...path, index];
    const scope = { inputs: inputTypes, steps: { ...judged.types }, mode: 'string' as const };
    const own = { place: { scope, later }, made: new Map(judged.made), isPastReturn };
    judged.findings.push(...judgeStep(step, { ...own, path: at }));
    judged.findings.push(...judgeId(id, step, seen, at));
    for (const branch of branches) {
      const branchAt = [...at, 'parallel', branch.index];
      judged.findings.push(...judgeStep(branch.step, { ...own, path: branchAt }));
      judged.findings.push(...judgeId(branch.id, branch.step, seen, branchAt));
    }
    if (!isIncluded) {
      const where = { includes, isPastReturn, path: at, place: own.place };
      judged.findings.push(...judgeUse(step, where));
    }
    if (isIncluded && step['noReturn'] === true) {
      const message =
        'an included playbook cannot divide undo from going on; write it with the step that uses it';
      judged.findings.push(finding([...at, 'noReturn'], message));
    }
    for (const each of [{ step, id }, ...branches]) {
      judged.types[each.id] = outputsOf(each.step, includes);
      for (const [reference, sort] of madeBy(each.step, each.id, includes)) {
        judged.made.set(reference, sort);
      }
      later.delete(each.id);
    }
    if (step['noReturn'] === true) isPastReturn = true;
  }
  return judged;
}

interface ReadStep {
  step: Unfinished;
  index: number;
  id: string;
}

function readSteps(given: unknown): (ReadStep & { branches: ReadStep[] })[] {
  return readList(given, (index) => usualId(index)).map((read) => ({
    ...read,
    branches: readList(read.step['parallel'], (index) => usualId(index, read.id)),
  }));
}

function readList(given: unknown, usual: (index: number) => string): ReadStep[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((step: unknown, index) =>
    isMapping(step)
      ? [{ step, index, id: typeof step['id'] === 'string' ? step['id'] : usual(index) }]
      : [],
  );
}

const reserved = [
  ...['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function'],
  ...['if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
];

function judgeId(id: string, step: Unfinished, seen: Set<string>, path: Path): Finding[] {
  const isTaken = seen.has(id);
  seen.add(id);
  const at = step['id'] === undefined ? path : [...path, 'id'];
  if (isTaken) return [finding(at, `another step is called ${id}, too; each has an ID of its own`)];
  if (reserved.includes(id)) return [finding(at, `${id} is a word of CEL; choose another ID`)];
  return [];
}

function judgeUse(
  step: Unfinished,
  {
    includes,
    isPastReturn,
    path,
    place,
  }: {
    includes: Unfinished;
    isPastReturn: boolean;
    path: Path;
    place: Parameters<typeof judgeValues>[2]['place'];
  },
): Finding[] {
  const name = step['use'];
  if (formOf(step) !== 'use' || typeof name !== 'string') return [];
  const include = Object.hasOwn(includes, name) ? includes[name] : undefined;
  if (!isMapping(include)) {
    const known = Object.keys(includes);
    const message =
      known.length === 0
        ? `there is no playbook ${JSON.stringify(name)} under includes; \`belay playbook\` reads files named ./${name}.yaml`
        : `there is no playbook ${JSON.stringify(name)} under includes; ${offerKnown(name, known)}`;
    return [finding([...path, 'use'], message)];
  }
  const asks = readSteps(include['steps']).some((one) => one.step['approval'] !== undefined);
  const isLate = isPastReturn || step['noReturn'] === true;
  return [
    ...judgeValues(step['with'], fieldsOfInputs(include['inputs']), {
      ...{ place, path: [...path, 'with'], of: name },
    }),
    ...(isLate && asks
      ? [
          finding(
            [...path, 'use'],
            `${name} asks for approval, which cannot be rejected after noReturn`,
          ),
        ]
      : []),
  ];
}

function typesOf(fields: ReturnType<typeof fieldsOfInputs>): Record<string, CelType> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { type }]) => [name, celTypeOf(type)]),
  );
}

/** What `steps.<id>` has, for the steps after it. */
function outputsOf(step: Unfinished, includes: Unfinished): CelType {
  const part = partOf(step);
  if (part !== undefined) {
    const passed = part.is === 'probe' ? { passed: 'bool' as const } : {};
    return { done: 'bool', ...passed, evidence: 'dyn', ...typesOf(part.outputs) };
  }
  switch (formOf(step)) {
    case 'approval':
      return { done: 'bool', by: 'string' };
    case 'use': {
      const inner = readSteps(includedBy(step, includes));
      return Object.fromEntries([
        ...inner.flatMap(({ branches, ...one }) =>
          [one, ...branches].map((each) => [each.id, outputsOf(each.step, {})] as const),
        ),
        ['done', 'bool'],
      ]);
    }
    default:
      return { done: 'bool' };
  }
}

function madeBy(step: Unfinished, id: string, includes: Unfinished): [string, string][] {
  const part = partOf(step);
  if (part !== undefined) return [[id, part.makes]];
  if (formOf(step) !== 'use') return [];
  return readSteps(includedBy(step, includes)).flatMap(({ branches, ...one }) =>
    [one, ...branches].flatMap((each) =>
      madeBy(each.step, each.id, {}).map(([inner, sort]): [string, string] => [
        `${id}.${inner}`,
        sort,
      ]),
    ),
  );
}

function includedBy(step: Unfinished, includes: Unfinished): unknown {
  const name = step['use'];
  const include = typeof name === 'string' ? includes[name] : undefined;
  return isMapping(include) ? include['steps'] : undefined;
}
