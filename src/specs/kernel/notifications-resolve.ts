import type { z } from 'zod';
import { isMapping } from './finding.ts';
import { problemsOf } from './issues.ts';
import { offerKnown } from './known-keys.ts';
import { channelKinds, type ChannelSettings, type NotificationSettings } from './notifications.ts';
import { settingsSchema, type channelSchema } from './notifications-schema.ts';
import { parseSpecText } from './parse-text.ts';
import type { SpecProblem } from './spec-problem.ts';

export type NotificationsResolution =
  | { ok: true; settings: NotificationSettings; lineOf: (path: string) => number | undefined }
  | { ok: false; problems: SpecProblem[]; lineOf?: (path: string) => number | undefined };

/** What a settings file in YAML (or JSON, which is YAML too) says, or every problem it has. */
export function resolveNotifications(text: string): NotificationsResolution {
  const parsed = parseSpecText(text, 'notifications.yaml');
  if (!parsed.ok) return { ok: false, problems: parsed.problems.map(withoutValue) };
  const { input, lineOf } = parsed;
  const resolved = settingsSchema.safeParse(input ?? undefined);
  const findings = findLoose(input);
  if (!resolved.success || findings.length > 0) {
    const refused = resolved.success ? [] : problemsOf(resolved.error);
    return { ok: false, problems: [...refused, ...findings], lineOf };
  }
  const { channels, routes } = resolved.data;
  const settings = { channels: Object.entries(channels).map(resolveChannel), routes };
  return { ok: true, settings, lineOf };
}

/** A password that YAML takes for an alias or a tag would be repeated here. */
function withoutValue({ path, message }: SpecProblem): SpecProblem {
  const text = message
    .replace(/^the spec is/, 'the file is')
    .replace(/\b(alias|tag)\b.*$/s, '$1; put text that begins with *, & or ! in quotes');
  return { path, message: text };
}

function resolveChannel([name, written]: [
  string,
  z.output<typeof channelSchema>,
]): ChannelSettings {
  const { slack, email, pagerduty, webhook, template } = written;
  const named = { name, ...(template !== undefined && { template }) };
  if (slack) return { ...named, kind: 'slack', ...slack };
  if (email) return { ...named, kind: 'email', ...email };
  if (pagerduty) return { ...named, kind: 'pagerduty', ...pagerduty };
  if (webhook) return { ...named, kind: 'webhook', ...webhook };
  throw new Error(`channel ${name} is of no kind`);
}

/** What does not fit together, found in what was written, so that it is told with everything else. */
function findLoose(input: unknown): SpecProblem[] {
  if (!isMapping(input)) return [];
  const channels = isMapping(input['channels']) ? input['channels'] : {};
  const routes = Array.isArray(input['routes']) ? (input['routes'] as unknown[]) : [];
  return [
    ...Object.entries(channels).flatMap(([name, channel]) => judgeKind(name, channel)),
    ...routes.flatMap((route, index) => findUnknown(route, index, Object.keys(channels))),
    ...findUnreached(routes),
  ];
}

function judgeKind(name: string, channel: unknown): SpecProblem[] {
  if (!isMapping(channel)) return [];
  const kinds = channelKinds.filter((kind) => channel[kind] !== undefined);
  if (kinds.length === 1) return [];
  const one = `write one of ${channelKinds.join(', ')}`;
  const message = kinds.length === 0 ? `of no kind; ${one}` : `of ${kinds.length} kinds; ${one}`;
  return [{ path: `channels.${name}`, message }];
}

function findUnknown(route: unknown, index: number, known: string[]): SpecProblem[] {
  if (!isMapping(route)) return [];
  const { to } = route;
  return (Array.isArray(to) ? (to as unknown[]) : [to]).flatMap((name, position) => {
    if (typeof name !== 'string' || known.includes(name)) return [];
    const path = `routes[${index}].to[${position}]`;
    const offer = known.length === 0 ? 'there are none' : offerKnown(name, known);
    return [{ path, message: `there is no channel of this name; ${offer}` }];
  });
}

const conditions = ['event', 'severity', 'service', 'environment'];

function findUnreached(routes: unknown[]): SpecProblem[] {
  const last = routes.findIndex(
    (route) => isMapping(route) && conditions.every((key) => route[key] === undefined),
  );
  if (last < 0 || last === routes.length - 1) return [];
  const message = `never reached: route ${last + 1} takes everything; move it to the end`;
  return [{ path: `routes[${last + 1}]`, message }];
}
