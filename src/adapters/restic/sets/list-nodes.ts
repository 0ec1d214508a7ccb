import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import { readNode, type SetNode } from '../answers/read-nodes.ts';
import type { ResticTool } from '../tool/restic-tool.ts';

/** Each takes about 300 bytes of memory. */
const mostNodes = 4_000_000;

/** Everything that a set has. Throws AgentError `refused` for more than an agent can compare. */
export async function listNodes(
  tool: ResticTool,
  label: string,
  attempt: Attempt,
  most = mostNodes,
): Promise<SetNode[]> {
  const nodes: SetNode[] = [];
  await tool.requireLines(['ls', '--json', '--no-lock', label], attempt, (line) => {
    const node = readNode(line);
    if (node === undefined) return;
    if (nodes.length === most) throw tooMany(label, most);
    nodes.push(node);
  });
  return nodes;
}

function tooMany(label: string, most: number): AgentError {
  return new AgentError(
    'refused',
    `snapshot ${label} has more than ${most} files and folders, which an agent cannot compare: nothing was restored. ` +
      'Restore it with restic itself, and back fewer files up in one component',
  );
}
