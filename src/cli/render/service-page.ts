import type { ServiceState } from '../../contracts/rollouts/platform.ts';
import { formatAge, type Page, type Paint } from './page.ts';
import { serviceParts } from './service-parts.ts';
import { renderTable } from './table.ts';

/** A service as its platform has it, whether or not a rollout is open. */
export function renderServicePage(state: ServiceState, page: Page): string {
  const { paint } = page;
  const name = paint.bold(`${state.environment}/${state.service}`);
  const serves = state.stable
    ? `serves ${state.stable.release.version}, revision ${state.revision}`
    : 'has never had a release';
  const [[, tracks] = ['', []], ...others] = serviceParts(state, page);
  return [
    `${name}  ${[serves, state.routing, state.url].filter(Boolean).join('  ')}`,
    ...tracks,
    ...(state.canary ? [`    ${state.canaryWeight} % of traffic on the canary`] : []),
    ...(state.owner ? [`    held by ${state.owner.workflowId}`] : []),
    ...others.flatMap(([title, lines]) => titled(title, lines, paint)),
    ...titled('Kept', renderKept(state, page), paint),
  ].join('\n');
}

function renderKept({ kept }: ServiceState, page: Page): string[] {
  return renderTable(
    kept.map(({ revision, release, replacedAtMs }) => [
      `revision ${revision}`,
      release.version,
      page.paint.dim(`replaced ${formatAge(replacedAtMs, page)}`),
    ]),
    { indent: 4 },
  );
}

function titled(title: string, lines: string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : ['', `  ${paint.underline(title)}`, ...lines];
}
