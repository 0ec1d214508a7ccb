import { expect, it } from 'vitest';
import { endsWithoutRun } from '../../../src/policies/kernel/fault-without-run.ts';

const durationMs = 30 * 60_000;

it('a fault of an agent is said to end by its lease, whatever becomes of its run', () => {
  expect(endsWithoutRun({ fault: 'latency', durationMs })).toBe('its faults end by their leases');
});

it('an outage is said to end after all its time, and only if Chaos Mesh runs', () => {
  const said = endsWithoutRun({ fault: 'outage', durationMs });
  expect(said).toContain('within 31m, if its controller runs');
});
