import { expect, it } from 'vitest';
import { copyFolders } from '../../../../src/adapters/pgbackrest/copies/copy-folder.ts';
import { fetchSegment } from '../../../../src/adapters/pgbackrest/search/stage-log.ts';
import type { ClusterTools } from '../../../../src/adapters/pgbackrest/tool/cluster-tools.ts';
import type { Attempt } from '../../../../src/contracts/kernel/agent-host.ts';

const segment = '000000010000000000000003';

function fetched(exitCode: number): Promise<void> {
  const answer = { exitCode, stdout: '', stderr: 'ERROR: [103]: unable to read' };
  const tools = { readRepository: () => Promise.resolve(answer) } as unknown as ClusterTools;
  const order = { folders: copyFolders('/scratch/one'), record: { repository: 1 }, segment };
  const wanted = { ...order, to: '/scratch/one/wal/it' } as Parameters<typeof fetchSegment>[1];
  return fetchSegment(tools, wanted, {} as Attempt);
}

it('a segment of a repository that is away for a moment is fetched again', async () => {
  await expect(fetched(103)).rejects.toMatchObject({ code: 'unfinished' });
});

it('a segment that is gone is not', async () => {
  await expect(fetched(1)).rejects.toMatchObject({ code: 'refused' });
  await expect(fetched(0)).resolves.toBeUndefined();
});
