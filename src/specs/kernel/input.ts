import { isMapping } from './finding.ts';
import { showGiven } from './given.ts';

export const largestSpecBytes = 256 * 1024;

/** Why this cannot be a spec at all; undefined when it is worth reading key by key. */
export function refuseInput(input: unknown): string | undefined {
  if (input === undefined || input === null) {
    return 'no spec was given; with the temporal CLI pass --input-file spec.json';
  }
  if (Array.isArray(input)) {
    return 'the spec is a list; write the mapping alone, without [ ] around it';
  }
  if (typeof input === 'string') {
    return 'the spec is text; with the temporal CLI pass JSON without quotes around the whole, or --input-file spec.json (YAML is read by belay alone)';
  }
  if (!isMapping(input)) {
    return `the spec is ${showGiven(input)}; write a mapping with the keys service, environment, target, …`;
  }
  const bytes = jsonBytes(input);
  return bytes !== undefined && bytes <= largestSpecBytes ? undefined : refuseSize(bytes);
}

export function refuseSize(bytes: number | undefined): string {
  const size = bytes === undefined ? 'nested too deep' : `${Math.ceil(bytes / 1024)} KB`;
  return `the spec is ${size}; at most ${largestSpecBytes / 1024} KB are taken`;
}

/** Undefined for what is nested too deep to be written down. */
function jsonBytes(input: unknown): number | undefined {
  try {
    return Buffer.byteLength(JSON.stringify(input));
  } catch {
    return undefined;
  }
}
