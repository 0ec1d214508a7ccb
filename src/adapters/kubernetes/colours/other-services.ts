/** The Services in front of the two colours that no switch moves. */
import type { V1Service } from '@kubernetes/client-node';
import { selects } from '../../kubernetes-api/objects/selectors.ts';
import type { ColoursObjects } from './colours-objects.ts';

type Colours = Pick<ColoursObjects, 'stable' | 'canary'>;

/** Whose pods it selects, going by their templates. */
export function leadsTo(
  { spec }: V1Service,
  { stable, canary }: Colours,
): 'neither' | 'both' | 'live' | 'idle' {
  const [live, idle] = [stable, canary].map(({ deployment }) =>
    selects(spec?.selector, deployment.spec?.template.metadata?.labels),
  );
  if (live && idle) return 'both';
  if (live) return 'live';
  return idle ? 'idle' : 'neither';
}

/**
 * Those whose callers a switch would hurt. A Service of both colours shows its callers the release
 * too early, unless it is headless and only names pods. One of the live colour alone would be left
 * without pods; each colour having one of its own is how such a Service is meant.
 */
export function otherServiceRefusals(objects: ColoursObjects): string[] {
  const { otherServices, stable, canary, chooser } = objects;
  const nameOf = ({ metadata }: V1Service) => metadata?.name ?? '';
  const ofTheIdle = otherServices.some((service) => leadsTo(service, objects) === 'idle');
  return otherServices.flatMap((service) => {
    const leads = leadsTo(service, objects);
    if (leads === 'both' && service.spec?.clusterIP !== 'None') {
      return [
        `Service ${nameOf(service)} leads to both ${colourOf(stable)} and ${colourOf(canary)}, so its callers would meet ` +
          'the release before the switch; narrow it to one colour, or make it headless if it only finds pods',
      ];
    }
    if (leads === 'live' && !ofTheIdle) {
      return [
        `Service ${nameOf(service)} leads to ${colourOf(stable)} alone, would not move with Service ${nameOf(chooser)}, and would be left ` +
          'without pods; remove it, or add one for the other colour',
      ];
    }
    return [];
  });
}

function colourOf({ deployment }: Colours['stable']): string {
  return deployment.metadata?.name ?? '';
}
