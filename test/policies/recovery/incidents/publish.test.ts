import { expect, test } from 'vitest';
import { publish } from '../../../../src/policies/recovery/incidents/people-acts.ts';
import { atMs, declared } from './an-incident.ts';

test('what is published is in the timeline with who did it, and the title stays until there is another', () => {
  const said = { atMs: atMs + 1, by: 'bo' };
  const first = publish(
    declared().facts,
    { text: 'Some orders fail.', state: 'investigating', title: 'Checkout fails' },
    said,
  );
  const second = publish(first, { text: 'Fixed.', state: 'resolved' }, { ...said, atMs: atMs + 2 });
  expect(second.publicTitle).toBe('Checkout fails');
  expect(second.published).toEqual([
    { atMs: atMs + 1, by: 'bo', state: 'investigating', text: 'Some orders fail.' },
    { atMs: atMs + 2, by: 'bo', state: 'resolved', text: 'Fixed.' },
  ]);
  expect(second.timeline.at(-1)).toMatchObject({ by: 'bo', text: 'published as resolved: Fixed.' });
  expect(second.phase).toBe('unacknowledged');
});
