import type { RunReport } from '../../contracts/kernel/report.ts';
import { longestText } from './verbs/read-verb-input.ts';

/** Who asked for a run, and why, as far as its request says: a start may bring anything with it. */
export function startedBy(request: unknown): Pick<RunReport, 'startedBy' | 'startedWhy'> {
  if (typeof request !== 'object' || request === null) return {};
  const { by, why } = request as { by?: unknown; why?: unknown };
  return {
    ...(isText(by) && { startedBy: by.slice(0, longestText) }),
    ...(isText(why) && { startedWhy: why.slice(0, longestText) }),
  };
}

function isText(given: unknown): given is string {
  return typeof given === 'string' && given !== '';
}
