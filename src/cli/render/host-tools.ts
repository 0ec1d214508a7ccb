import type { FoundTool } from '../../embedded/host-tools/host-tools.ts';
import { renderTable } from './table.ts';

export function renderHostTools(found: readonly FoundTool[]): string {
  const rows = found.map((one) => {
    const { tool, path = '', version = '' } = one;
    return [tool.name, version, stateOf(one), path, tool.purpose];
  });
  return renderTable([['TOOL', 'VERSION', 'STATE', 'PATH', 'FOR'], ...rows], { indent: 0 }).join(
    '\n',
  );
}

function stateOf({ problem, toBeNamed }: FoundTool): string {
  if (problem !== undefined) return problem;
  return toBeNamed ? 'can be used where the settings of an agent name it' : 'can be used';
}
