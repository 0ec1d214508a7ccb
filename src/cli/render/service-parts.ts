import type { ServiceState } from '../../contracts/rollouts/platform.ts';
import type { Page } from './page.ts';
import { renderTracks, type ReplicasView } from './replicas.ts';

/** A part of a page: its title and its lines, which may be none. */
export type Part = [title: string, lines: string[]];

/** A service as its platform has it: replicas, and what an operator should know of it. */
export function serviceParts(state: ServiceState, page: Page, view: ReplicasView = {}): Part[] {
  const { routing, drift = [], remarks = [] } = state;
  const { paint } = page;
  return [
    [
      routing === undefined ? 'Replicas' : `Replicas, by ${routing}`,
      renderTracks(state, page, view),
    ],
    ['Changed by others', drift.map((line) => `    ${paint.yellow(line)}`)],
    ['Remarks', remarks.map((line) => `    ${line}`)],
  ];
}
