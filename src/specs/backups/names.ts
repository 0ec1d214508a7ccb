import { isMapping } from '../kernel/finding.ts';
import { text } from '../kernel/written.ts';

/** The names of a plan's components, also where the plan was refused and is still as it was given. */
export function componentNames(components: unknown): string[] {
  if (!Array.isArray(components)) return isMapping(components) ? Object.keys(components) : [];
  return components.flatMap((each: unknown) =>
    isMapping(each) && typeof each['name'] === 'string' ? [each['name']] : [],
  );
}

export const namespace = text(
  'write the name of a namespace',
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
);
