import { isMapping } from '../../specs/kernel/finding.ts';
import type { SpecProblem } from '../../specs/kernel/spec-problem.ts';

/** `service=shop` as the type of the input has it; what does not fit is refused by the check of the playbook. */
export function typedInputs(
  given: readonly string[],
  declared: unknown,
): { values: Record<string, unknown>; problems: SpecProblem[] } {
  const values: Record<string, unknown> = {};
  const problems: SpecProblem[] = [];
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1) {
      problems.push({
        path: '--input',
        message: `${JSON.stringify(text)} has no value; write name=value`,
      });
      continue;
    }
    const name = text.slice(0, at);
    values[name] = typed(text.slice(at + 1), typeOf(declared, name));
  }
  return { values, problems };
}

function typeOf(declared: unknown, name: string): unknown {
  const input = isMapping(declared) ? declared[name] : undefined;
  return isMapping(input) ? input['type'] : input;
}

function typed(text: string, type: unknown): unknown {
  switch (type) {
    case 'number':
      return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'strings':
      return text === '' ? [] : text.split(',');
    default:
      return text;
  }
}
