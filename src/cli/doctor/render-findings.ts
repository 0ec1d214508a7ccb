import type { Paint } from '../render/page.ts';
import type { Finding } from './finding.ts';

/** A line per finding, and below it what to do where something is to be done. */
export function renderFindings(findings: readonly Finding[], paint: Paint): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const colours = { ok: paint.green, warn: paint.yellow, fail: paint.red } as const;
  return findings
    .flatMap(({ check, state, detail, fix }) => {
      const line = `${colours[state](state.padEnd(4))}  ${check.padEnd(width)}  ${detail}`;
      return fix === undefined ? [line] : [line, `${' '.repeat(width + 8)}-> ${fix}`];
    })
    .join('\n');
}
