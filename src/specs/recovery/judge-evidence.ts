import { isMapping, type Finding } from '../kernel/finding.ts';
import { showGiven } from '../kernel/given.ts';
import type { Part } from '../../contracts/recovery/playbooks/part.ts';
import { parts } from '../../policies/recovery/playbooks/parts/table.ts';
import { finding, type Path } from './judge-expressions.ts';

/** The sort of evidence that each step before this one makes, by the reference to the step. */
export type Made = ReadonlyMap<string, string>;

const reference = /^steps\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)\.evidence$/;

/** The step that a reference is to. */
function stepOfReference(text: string): string | undefined {
  return reference.exec(text.trim())?.[1];
}

/** Evidence that a step or its action asks for, against what the steps before it make. */
export function judgeEvidence(
  required: unknown,
  part: Part | undefined,
  { made, path }: { made: Made; path: Path },
): Finding[] {
  const written = isMapping(required) ? required : {};
  const asked = Object.entries(written).flatMap(([sort, text]) => {
    const message = typeof text === 'string' ? refuseReference(sort, text, made) : undefined;
    return message === undefined ? [] : [finding([...path, 'requires', sort], message)];
  });
  const missing = (part?.requires ?? [])
    .filter((sort) => !Object.hasOwn(written, sort))
    .map((sort) => {
      const makers = [...made].filter(([, each]) => each === sort).map(([step]) => step);
      const offer =
        makers.length > 0
          ? `write { ${sort}: steps.${makers[0]}.evidence }`
          : `no step before it makes it; ${makersOf(sort)}`;
      return finding(
        [...path, 'requires'],
        `${part?.name} needs evidence that is ${showGiven(sort)}; ${offer}`,
      );
    });
  return [...asked, ...missing];
}

function refuseReference(sort: string, text: string, made: Made): string | undefined {
  const step = stepOfReference(text);
  if (step === undefined) {
    return `${showGiven(text)} is not accepted; write a reference, such as steps.fence.evidence`;
  }
  const makes = made.get(step);
  if (makes === undefined) {
    const before = [...made.keys()];
    return `no step ${step} before this one makes evidence; those that do: ${before.join(', ') || 'none'}`;
  }
  if (makes === sort) return undefined;
  return `the step ${step} makes ${showGiven(makes)}, not ${showGiven(sort)}; ${makersOf(sort)}`;
}

function makersOf(sort: string): string {
  const makers = parts.filter(({ makes }) => makes === sort).map(({ name }) => name);
  return makers.length === 0
    ? `nothing in the table makes ${showGiven(sort)}`
    : `it is made by ${makers.join(', ')}`;
}
