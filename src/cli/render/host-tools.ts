import type { FoundTool } from '../../embedded/host-tools/host-tools.ts';
import { renderTable } from './table.ts';

export function renderHostTools(found: readonly FoundTool[]): string {
  return renderTable(
    [
      ['TOOL', 'VERSION', 'STATE', 'PATH', 'FOR'],
      ...found.map(({ tool, path = '', version = '', problem = 'can be used' }) => [
        ...[tool.name, version, problem, path, tool.purpose],
      ]),
    ],
    { indent: 0 },
  ).join('\n');
}
