import { expect, it } from 'vitest';
import { doomedFaults, nameOf } from '../../bench/chaos/kills/doomed-faults.ts';
import { faultsOf, type TargetPart } from '../../src/specs/chaos/fault.ts';

const parts: TargetPart[] = ['process', 'host', 'network', 'disk', 'proxy'];
const leftOut = [
  // Over at once.
  'process crash',
  // What competes is the same as on the host.
  ...['process cpu', 'process memory'],
  // These need a kernel with netem.
  ...['network latency', 'network corruption'],
];

it('every fault that lasts, on each part of a host, has its agent and everything else killed by the benchmark', () => {
  const all = parts.flatMap((part) => faultsOf(part).map((type) => `${part} ${type}`));
  const doomed = doomedFaults.map(({ written, target }) =>
    [...Object.keys(target), written.type].join(' '),
  );
  expect(doomed.toSorted()).toEqual(all.filter((each) => !leftOut.includes(each)).toSorted());
  expect(new Set(doomedFaults.map(nameOf)).size).toBe(doomedFaults.length);
});
