import { expect, it } from 'vitest';
import { longestFaultMs } from '../../../src/policies/chaos/lease-plan.ts';
import {
  endsWithoutRun,
  longestWithoutRunMs,
} from '../../../src/policies/kernel/fault-without-run.ts';
import { faultTypes, meshFaultTypes } from '../../../src/specs/chaos/fault.ts';

const durationMs = 30 * 60_000;

it.each(faultTypes)('a %s without its run is over when no fault of its means is there', (fault) => {
  const isByMesh = (meshFaultTypes as readonly string[]).includes(fault);
  const longestMs = longestFaultMs(isByMesh ? durationMs : 0);
  expect(longestWithoutRunMs({ fault, durationMs })).toBe(longestMs);
});

it('a fault of an agent is said to end by its lease, whatever becomes of its run', () => {
  expect(endsWithoutRun({ fault: 'latency', durationMs })).toBe('its faults end by their leases');
});

it('an outage is said to end after all its time, and only if Chaos Mesh runs', () => {
  const said = endsWithoutRun({ fault: 'outage', durationMs });
  expect(said).toContain('within 31m, if its controller runs');
});
