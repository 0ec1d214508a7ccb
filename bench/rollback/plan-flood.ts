import { seeded, type Random } from '../analysis/random.ts';
import { notificationOf, type WrittenAlert } from './notification.ts';
import { closedWhileSending, type Webhook } from './send-webhook.ts';

export interface FloodPlan {
  webhooks: number;
  /** Services with an open canary, each of which two alerts name. */
  services: number;
  /** The number of concurrent senders. */
  callers: number;
}

export interface FloodRequest {
  kind: string;
  webhook: Webhook;
  /** The accepted statuses. */
  expected: number[];
}

export interface Flood {
  requests: FloodRequest[];
  /** Every alert that must be handled, once. */
  alerts: WrittenAlert[];
}

/** Each kind's share of the requests, out of a hundred. */
const shares: [kind: keyof ReturnType<typeof kindsOf>, share: number][] = [
  ['firing, for a canary', 30],
  ['firing, ten at once', 10],
  ['firing, for nobody', 10],
  ['resolved', 10],
  ['without the label', 10],
  ['not JSON', 5],
  ['another version', 5],
  ['an alert that cannot be read', 5],
  ['without a token', 5],
  ['with a wrong token', 4],
  ['too large', 1],
  ['a verb for nobody', 3],
  ['a verb that cannot be read', 1],
  ['the history', 1],
];

/** The same for the same seed. Every alert of a canary is sent many times, in any order. */
export function planFlood(
  { webhooks, services }: Pick<FloodPlan, 'webhooks' | 'services'>,
  names: { service: string; environment: string }[],
  startsAtMs: number,
): Flood {
  const random = seeded(webhooks);
  const ofCanaries = names.slice(0, services).flatMap(({ service, environment }) => [
    { fingerprint: `${service}-errors`, startsAtMs, labels: { service, environment } },
    {
      fingerprint: `${service}-slow`,
      startsAtMs,
      labels: { deployment: service, namespace: environment },
    },
  ]);
  const known = new Map<string, WrittenAlert>();
  const kinds = kindsOf(ofCanaries, {
    random,
    startsAtMs,
    know: (alert) => known.set(alert.fingerprint, alert),
  });
  const requests = shares.flatMap(([kind, share]) =>
    Array.from({ length: Math.round((webhooks * share) / 100) }, (_, nth) => ({
      kind,
      ...kinds[kind](nth),
    })),
  );
  return { requests: shuffled(requests, random), alerts: [...known.values()] };
}

interface Drawing {
  random: Random;
  startsAtMs: number;
  know: (alert: WrittenAlert) => unknown;
}

function kindsOf(ofCanaries: WrittenAlert[], { random, startsAtMs, know }: Drawing) {
  const alerts = (written: WrittenAlert[]) => {
    written.forEach(know);
    return { webhook: post(notificationOf(written)), expected: [200] };
  };
  const nobody = { service: 'nobody', environment: 'bench' };
  const any = () => one(ofCanaries, random);
  const good = () => notificationOf([any()]);
  const unlabelled = () => notificationOf([{ ...any(), labels: { ...nobody, action: 'look' } }]);
  const unreadable = () => notificationOf([{ ...any(), fingerprint: 'a b' }]);
  return {
    'firing, for a canary': (nth: number) => alerts([ofCanaries[nth % ofCanaries.length] ?? any()]),
    'firing, ten at once': () => alerts(Array.from({ length: 10 }, any)),
    'firing, for nobody': (nth: number) =>
      alerts([{ fingerprint: `nobody-${nth % 200}`, startsAtMs, labels: nobody }]),
    resolved: (nth: number) =>
      alerts([
        { fingerprint: `resolved-${nth % 200}`, startsAtMs, status: 'resolved', labels: nobody },
      ]),
    'without the label': () => ({ webhook: post(unlabelled()), expected: [200] }),
    'not JSON': () => ({ webhook: post(good().slice(0, -20)), expected: [400] }),
    'another version': () => ({ webhook: post(good().replace('"4"', '"3"')), expected: [400] }),
    'an alert that cannot be read': () => ({ webhook: post(unreadable()), expected: [400] }),
    'without a token': () => ({ webhook: { ...post(good()), token: '' }, expected: [401] }),
    'with a wrong token': () => ({ webhook: { ...post(good()), token: 'wrong' }, expected: [401] }),
    'too large': () => ({
      webhook: post(' '.repeat(1_100_000)),
      expected: [413, closedWhileSending],
    }),
    'a verb for nobody': () => ({
      webhook: post('{"by":"bench"}', '/v1/services/bench/nobody/promote'),
      expected: [404],
    }),
    'a verb that cannot be read': () => ({
      webhook: post('{"stage":"x"}', '/v1/services/bench/nobody/promote'),
      expected: [400],
    }),
    'the history': () => ({
      webhook: { method: 'GET' as const, path: '/rollbacks?limit=10' },
      expected: [200],
    }),
  };
}

function one(alerts: WrittenAlert[], random: Random): WrittenAlert {
  const drawn = alerts[Math.floor(random() * alerts.length)];
  if (drawn === undefined) throw new Error('a flood needs a service with a canary');
  return drawn;
}

function post(body: string, path = '/v1/alerts'): Webhook {
  return { method: 'POST', path, body };
}

/** The shuffle of Fisher and Yates. */
function shuffled<T>(items: T[], random: Random): T[] {
  const all = [...items];
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [all[last], all[other]] = [all[other] as T, all[last] as T];
  }
  return all;
}
