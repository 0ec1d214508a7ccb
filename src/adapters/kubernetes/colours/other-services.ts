/** The Services in front of the two colours that a switch does not move. */
import type { V1Service } from '@kubernetes/client-node';
import { selects } from '../../kubernetes-api/objects/selectors.ts';
import type { ColoursObjects } from './colours-objects.ts';

type Colours = Pick<ColoursObjects, 'stable' | 'canary'>;

/** The colours whose pods it selects, by their templates. */
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
 * Services whose clients a switch would harm. A Service of both colours shows its clients the release
 * too early, unless it is headless and only names pods. A Service of only the live colour would have no
 * pods after the switch; if each colour has one, it is intended.
 */
export function otherServiceRefusals(objects: ColoursObjects): string[] {
  const { otherServices, stable, canary, chooser } = objects;
  const nameOf = ({ metadata }: V1Service) => metadata?.name ?? '';
  const ofTheIdle = otherServices.some((service) => leadsTo(service, objects) === 'idle');
  return otherServices.flatMap((service) => {
    const leads = leadsTo(service, objects);
    if (leads === 'both' && service.spec?.clusterIP !== 'None') {
      return [
        `Service ${nameOf(service)} leads to both ${colourOf(stable)} and ${colourOf(canary)}, so its clients would reach ` +
          'the release before the switch; narrow it to one colour, or make it headless if it is only used to find pods',
      ];
    }
    if (leads === 'live' && !ofTheIdle) {
      return [
        `Service ${nameOf(service)} leads only to ${colourOf(stable)}, does not move with Service ${nameOf(chooser)}, and would have ` +
          'no pods after the switch; remove it, or add one for the other colour',
      ];
    }
    return [];
  });
}

function colourOf({ deployment }: Colours['stable']): string {
  return deployment.metadata?.name ?? '';
}
