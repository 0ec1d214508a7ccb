import type { ServiceState } from '../../contracts/platform.ts';
import { formatAge, type Page } from './page.ts';
import { renderTracks } from './replicas.ts';
import { renderTable } from './table.ts';

/** A service as its platform has it, whether or not a rollout is open. */
export function renderServicePage(state: ServiceState, page: Page): string {
  const { paint } = page;
  const name = paint.bold(`${state.environment}/${state.service}`);
  const serves = state.stable
    ? `serves ${state.stable.release.version}, revision ${state.revision}`
    : 'has never had a release';
  return [
    `${name}  ${[serves, state.url].filter(Boolean).join('  ')}`,
    ...renderTracks(state, page),
    ...(state.canary ? [`    ${state.canaryWeight} % of traffic on the canary`] : []),
    ...(state.owner ? [`    held by ${state.owner.workflowId}`] : []),
    ...(state.kept.length > 0 ? ['', `  ${paint.underline('Kept')}`] : []),
    ...renderTable(
      state.kept.map(({ revision, release, replacedAtMs }) => [
        `revision ${revision}`,
        release.version,
        paint.dim(`replaced ${formatAge(replacedAtMs, page)}`),
      ]),
      { indent: 4 },
    ),
  ].join('\n');
}
