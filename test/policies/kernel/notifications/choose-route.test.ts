import { describe, expect, it, test } from 'vitest';
import { chooseRoute } from '../../../../src/policies/kernel/notifications/choose-route.ts';
import type { Route } from '../../../../src/specs/kernel/notifications.ts';
import { failed } from './notification.ts';

const stage = failed({ event: 'stage', severity: 'info' });
const elsewhere = failed({ environment: 'demo' });

test.each<[string, Partial<Route>, ReturnType<typeof failed>, boolean]>([
  ['a route without conditions takes everything', {}, stage, true],
  ['an event that is named is taken', { event: ['stage', 'failed'] }, failed(), true],
  ['an event that is not named is not', { event: ['stage'] }, failed(), false],
  ['a severity that is named is taken', { severity: ['critical'] }, failed(), true],
  [
    'severities are exact: warning does not mean "and above"',
    { severity: ['warning'] },
    failed(),
    false,
  ],
  ['a service by its name', { service: ['shop'] }, failed(), true],
  ['another service is none of its business', { service: ['shopping', 'hop'] }, failed(), false],
  ['an environment by a pattern', { environment: ['prod*'] }, failed(), true],
  ['an environment outside the pattern', { environment: ['prod*'] }, elsewhere, false],
  ['all conditions have to be met', { event: ['failed'], environment: ['demo'] }, failed(), false],
])('%s', (_title, conditions, subject, taken) => {
  expect(chooseRoute([{ to: ['team'], ...conditions }], subject) !== undefined).toBe(taken);
});

test.each([
  ['*', 'shop', true],
  ['s*p', 'shop', true],
  ['s*', 's', true],
  ['*op', 'shop', true],
  ['*h*o*', 'shop', true],
  ['sh*hop', 'shop', false],
  ['*o*h*', 'shop', false],
  ['', 'shop', false],
  [`${'*a'.repeat(30)}*b`, 'a'.repeat(63), false],
])('the pattern %j takes the service %j: %s', (pattern, service, taken) => {
  expect(chooseRoute([{ to: [], service: [pattern] }], failed({ service })) !== undefined).toBe(
    taken,
  );
});

describe('of several routes', () => {
  it('the first that fits decides, and no other is asked', () => {
    const routes: Route[] = [
      { event: ['started'], to: ['nobody'] },
      { severity: ['critical'], to: ['on-call'] },
      { to: ['team'] },
    ];
    expect(chooseRoute(routes, failed())?.to).toEqual(['on-call']);
    expect(chooseRoute(routes, stage)?.to).toEqual(['team']);
  });
});
