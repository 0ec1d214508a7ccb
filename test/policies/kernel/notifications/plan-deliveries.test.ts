import { describe, expect, it, test } from 'vitest';
import type { NotificationEvent } from '../../../../src/kinds/notification-events.ts';
import { planDeliveries } from '../../../../src/policies/kernel/notifications/plan-deliveries.ts';
import {
  noNotifications,
  type ChannelSettings,
  type NotificationSettings,
  type Route,
} from '../../../../src/specs/kernel/notifications.ts';
import { failed } from './notification.ts';

const channels: ChannelSettings[] = [
  { name: 'team', kind: 'slack', url: { env: 'SLACK' } },
  {
    name: 'on-call',
    kind: 'pagerduty',
    routingKey: { env: 'KEY' },
    url: 'https://events.pagerduty.com/v2/enqueue',
  },
  { name: 'audit', kind: 'webhook', url: 'https://audit.example.com/', secret: { env: 'AUDIT' } },
];

function planned(
  routes: Route[],
  notification = failed(),
  over: Partial<NotificationSettings> = {},
) {
  const { deliveries, skipped } = planDeliveries({ channels, routes, ...over }, notification);
  return { notified: deliveries.map(({ channel }) => channel.name), deliveries, skipped };
}

describe('a notification', () => {
  it('goes to every channel of its route, once, and the others say why they stay silent', () => {
    const { notified, skipped } = planned([{ to: ['audit', 'team', 'team'] }]);
    expect(notified).toEqual(['team', 'audit']);
    expect(skipped).toEqual([
      {
        channel: 'on-call',
        kind: 'pagerduty',
        reason: 'route 1, the first that takes this, does not lead here',
      },
    ]);
  });

  it('that no route takes is told to nobody, and says so', () => {
    const { notified, skipped } = planned([{ event: ['started'], to: ['team'] }]);
    expect(notified).toEqual([]);
    expect(skipped.map(({ reason }) => reason)).toEqual(Array(3).fill('no route takes this'));
  });

  it('is silenced by a route that leads nowhere', () => {
    expect(planned([{ service: ['shop'], to: [] }, { to: ['team'] }]).notified).toEqual([]);
  });

  it("is nobody's business on a worker without settings", () => {
    expect(planDeliveries(noNotifications, failed())).toEqual({ deliveries: [], skipped: [] });
  });
});

describe("who was paged hears of the rollout's end, wherever the end is routed", () => {
  const routes: Route[] = [
    { event: ['failed', 'inconclusive'], environment: ['prod*'], to: ['on-call'] },
    { to: ['team'] },
  ];

  test.each<[NotificationEvent, string[]]>([
    ['succeeded', ['team', 'on-call']],
    ['aborted', ['team', 'on-call']],
    ['superseded', ['team', 'on-call']],
    ['failed', ['on-call']],
    ['stage', ['team']],
  ])('%s is told to %j', (event, notified) => {
    expect(planned(routes, failed({ event })).notified).toEqual(notified);
  });

  it('but not of services that never page anybody', () => {
    expect(planned(routes, failed({ event: 'succeeded', environment: 'demo' })).notified).toEqual([
      'team',
    ]);
  });
});

describe('a template', () => {
  const [team] = channels;
  const text = (settings: Partial<NotificationSettings>, route: Partial<Route> = {}) =>
    JSON.stringify(
      planned([{ to: ['team'], ...route }], failed(), settings).deliveries[0]?.message,
    );

  it("of a channel takes the place of Belay's words", () => {
    const own = { ...team!, template: { title: 'Look at {{ service }} {{version}}' } };
    const shown = text({ channels: [own] });
    expect(shown).toContain('*Look at shop v3*');
    expect(shown).toContain('Everything was put back.');
  });

  it("of a route goes before the channel's, part by part", () => {
    const own = { ...team!, template: { title: 'channel title', text: 'channel text' } };
    const shown = text({ channels: [own] }, { template: { text: 'route text' } });
    expect(shown).toContain('channel title');
    expect(shown).toContain('route text');
    expect(shown).not.toContain('channel text');
  });
});
