import * as z from 'zod';
import type { Finding, Unfinished } from '../kernel/finding.ts';
import { judgedBy } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { text } from '../kernel/written.ts';

const accepted = 'write labels such as { team: payments }';
const word = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const labelName = new RegExp(`^(${subdomain}/)?${word}$`);
const longestPrefix = 253;

const labelValue = text(
  'write a label value: at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit',
  new RegExp(`^(${word})?$`),
);

/** Labels that Kubernetes accepts, on objects that are not the user's own. */
export const objectLabels = z
  .record(z.string(), labelValue, { error: refusal(accepted) })
  .meta({ propertyNames: { type: 'string', pattern: labelName.source } })
  .check(judgedBy(judgeLabels));

function judgeLabels(labels: Unfinished): Finding[] {
  const names = Object.keys(labels);
  if (names.length === 0) {
    return [{ path: [], message: `an empty mapping is not accepted; ${accepted}` }];
  }
  return names.flatMap((name) => {
    const message = refuseName(name);
    return message === undefined ? [] : [{ path: [name], message }];
  });
}

function refuseName(name: string): string | undefined {
  const prefix = name.includes('/') ? name.slice(0, name.indexOf('/')) : '';
  if (!labelName.test(name) || prefix.length > longestPrefix) {
    return refusal('write a label name, such as team or example.org/team')({ input: name });
  }
  if (/(^|\.)belay\.dev$/.test(prefix)) {
    return "labels under belay.dev/ are Belay's own; use another prefix";
  }
  if (name === 'pod-template-hash') {
    return 'Kubernetes sets pod-template-hash itself; leave it out';
  }
  return undefined;
}
