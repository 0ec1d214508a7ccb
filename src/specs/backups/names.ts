import { isMapping } from '../kernel/finding.ts';
import { text } from '../kernel/written.ts';

/** As the settings of an agent name it. */
export const agentName = text(
  'write the name of an agent: lowercase letters, digits, "-" and ".", 1 to 63 of them, beginning and ending with a letter or digit',
  /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/,
);

/** The names of a plan's components, also where the plan was refused and is still as it was given. */
export function componentNames(components: unknown): string[] {
  if (!Array.isArray(components)) return isMapping(components) ? Object.keys(components) : [];
  return components.flatMap((each: unknown) =>
    isMapping(each) && typeof each['name'] === 'string' ? [each['name']] : [],
  );
}
