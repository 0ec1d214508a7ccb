import { expect, it } from 'vitest';
import { problemsOfArguments } from '../../../../src/policies/kernel/verbs/judge-arguments.ts';

const known = {
  role: { meaning: 'the role', oneOf: ['commander', 'scribe'], required: true },
  at: { meaning: 'when', form: 'moment' },
  due: { meaning: 'by when', form: 'date' },
  link: { meaning: 'where', form: 'link' },
  text: { meaning: 'what' },
} as const;

it.each([
  [
    { role: 'scribe', at: '2026-12-24T17:00Z', due: '2026-12-24', link: 'https://a/b', text: 'x' },
    [],
  ],
  [{}, ['with.role is missing: the role']],
  [{ role: 'cook' }, ['with.role is "cook"; send one of commander, scribe']],
  [{ role: 'scribe', text: ' ' }, ['with.text is empty; send what']],
  [
    { role: 'scribe', due: '2026-02-30' },
    ['with.due is "2026-02-30"; send a date such as 2026-12-24'],
  ],
])('of %j it says %j', (given: Record<string, string>, problems: string[]) => {
  expect(problemsOfArguments(known, given)).toEqual(problems);
});

it('names every problem at once', () => {
  const given = { at: '2026-12-24', link: 'javascript:x', who: 'ana' };
  expect(problemsOfArguments(known, given).map((problem) => problem.split(' ')[0])).toEqual([
    'with.who',
    'with.role',
    'with.at',
    'with.link',
  ]);
  expect(problemsOfArguments(undefined, { who: 'ana' })).toEqual([
    'with.who is unknown; this verb takes nothing in with',
  ]);
});
