import { idPart, mapping, share, wholeNumber } from '../kernel/written.ts';

/** Two tracks of the stable release of a service of the local platform: a control, and one that is hit. */
export interface TrackSelection {
  service: string;
  /** Of the requests of the service, for each of both tracks. */
  share: number;
  /** The fault ends with this request of the experiment track. */
  mostRequests: number;
  /** Of each track. */
  replicas: number;
}

export const trackSelectionSchema = mapping(
  {
    service: idPart('service').describe('A service of the local platform, in this environment.'),
    share: share('0.1% to 50%', 0.001, 0.5).describe(
      'Of its requests, for each of both tracks: 0.1% to 50%.',
    ),
    mostRequests: wholeNumber(1, 10_000_000).describe(
      'How many requests the fault may disturb: it ends with the last of them. Must be written.',
    ),
    replicas: wholeNumber(1, 20).prefault(1).describe('Of each of both tracks. Default: 1.'),
  },
  {
    name: 'write service',
    weight: 'write share',
    percent: 'write share',
    budget: 'write mostRequests',
    platform: 'leave it out: these are services of the local platform',
  },
).transform((written): TrackSelection => written);
