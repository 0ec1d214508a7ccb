import type { Assertion, AssertionResult } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type { CopyRecord } from './copies.ts';
import { compareWithSet } from './files/compare-with-set.ts';
import { listNodes } from './sets/list-nodes.ts';
import type { ResticTool } from './tool/restic-tool.ts';

const mostNamed = 5;

/** Compares a copy with its set. Throws AgentError for what files cannot be asked. */
export async function assertFiles(
  tool: ResticTool,
  { record, assertions }: { record: CopyRecord; assertions: readonly Assertion[] },
  attempt: Attempt,
): Promise<AssertionResult[]> {
  const others = assertions.filter(({ kind }) => kind !== 'files').map(({ kind }) => kind);
  if (others.length > 0) {
    throw new AgentError(
      'refused',
      `files can be asked for "files" alone, not for ${others.join(', ')}`,
    );
  }
  const { label, paths, root } = record;
  const nodes = await listNodes(tool, label, attempt);
  const { compared, files, differences } = await compareWithSet({ nodes, paths, root });
  const named = differences.slice(0, mostNamed).join('; ');
  const passed = differences.length === 0 && compared > 0;
  return assertions.map(() => ({
    ...{ name: 'files', passed },
    seen:
      differences.length === 0
        ? describe(compared, files)
        : `${differences.length} differ: ${named}`,
    expected: `${describe(compared, files)}, as in snapshot ${label}`,
  }));
}

function describe(compared: number, files: number): string {
  return `${files} files and ${compared - files} folders and others`;
}
