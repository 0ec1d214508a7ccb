import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { describeChaos } from '../../../src/agent/chaos/describe-chaos.ts';

it('a disk is described by what its settings leave free, not by a share that hardly any has', async () => {
  const described = await describeChaos(
    'web-1',
    {
      ...{
        longestMs: 60_000,
        processes: [],
        networks: [],
        proxies: [],
        copies: [],
        hostFaults: [],
      },
      disks: [{ name: 'data', folder: tmpdir(), leave: 0.0001, faults: ['disk'] }],
    },
    { servers: async () => [], stateFolder: tmpdir() },
  );
  const [disk] = described['target'] ?? [];
  // Of the file system of the agent itself, that is all that speaks against it.
  expect(disk?.unavailable).toBe(
    `${tmpdir()} is on the file system of ${tmpdir()}, where the agent keeps its acts, which is never filled`,
  );
});
