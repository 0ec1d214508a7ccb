import { BlockList, isIPv4 } from 'node:net';
import { expect, test } from 'vitest';
import { slots, subnetOf, type Subnet } from '../../../scripts/one-node-cluster/subnet.ts';

const everySlot = Array.from({ length: slots }, (_, slot) => subnetOf(slot));

function rangesOf({ host, linkPrefix, services, pods, fakePods }: Subnet): string[] {
  return [`${host}/${linkPrefix}`, services, pods, fakePods];
}

function contains(range: string, address: string): boolean {
  const [base = '', prefix] = range.split('/');
  const list = new BlockList();
  list.addSubnet(base, Number(prefix));
  return list.check(address);
}

test('no two clusters share an address, and no two ranges of one', () => {
  const ranges = everySlot.flatMap(rangesOf);
  for (const range of ranges) {
    const base = range.split('/')[0] ?? '';
    expect(ranges.filter((other) => contains(other, base))).toEqual([range]);
  }
});

test('all addresses are in the range that is reserved for benchmarks', () => {
  for (const { host, node, ...ranges } of everySlot) {
    const bases = [ranges.services, ranges.pods, ranges.fakePods].map(
      (range) => range.split('/')[0],
    );
    for (const address of [host, node, ...bases]) {
      expect(isIPv4(address ?? '')).toBe(true);
      expect(contains('198.18.0.0/15', address ?? '')).toBe(true);
    }
  }
});

test('a slot that does not exist is refused with the bounds', () => {
  expect(() => subnetOf(16)).toThrow('from 0 to 15, not 16');
});
