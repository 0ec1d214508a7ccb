import { expect, test } from 'vitest';
import {
  planTrial,
  type TrialChoice,
} from '../../../../src/policies/kernel/notifications/trial.ts';
import type { NotificationSettings } from '../../../../src/specs/kernel/notifications.ts';

const settings: NotificationSettings = {
  channels: [
    { name: 'team', kind: 'slack', url: { env: 'SLACK_URL' } },
    { name: 'on-call', kind: 'slack', url: { env: 'PAGER_URL' } },
  ],
  routes: [
    { environment: ['demo'], to: [] },
    { to: ['team'], template: { title: 'x' } },
  ],
};

const reached = (choice: TrialChoice) => {
  const trial = planTrial(settings, choice);
  return trial.ok ? trial.chosen.map(({ name }) => name) : trial.problem;
};

test('all channels are tried, those named, or those of one route', () => {
  expect(reached({})).toEqual(['team', 'on-call']);
  expect(reached({ channels: ['on-call'] })).toEqual(['on-call']);
  expect(reached({ route: 2 })).toEqual(['team']);
});

test('the conditions of a route do not keep a trial from its channels, and its words go with it', () => {
  expect(planTrial(settings, { route: 2 })).toMatchObject({
    settings: { routes: [{ to: ['team'], template: { title: 'x' } }] },
  });
});

test('what is not there is refused with what is, and so is a trial that would tell nobody', () => {
  expect(reached({ channels: ['teem'] })).toBe(
    'no channel is called teem; there are team, on-call',
  );
  expect(reached({ route: 3 })).toBe('there is no route 3; the file has 2');
  expect(reached({ route: 1 })).toBe('nobody would be notified: it leads to no channel');
  const none = planTrial({ channels: [], routes: [] }, {});
  expect(none).toMatchObject({ ok: false });
});
