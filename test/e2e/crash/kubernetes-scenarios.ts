import type { Scenario } from './scenarios.ts';

const nobody = async (): Promise<void> => {};

/** Rollouts of a Deployment, each played on a route and by replica ratio. */
const stories: Scenario[] = [
  {
    name: 'promoted',
    spec: { release: 'v2', analysis: 'none', stages: [{ weight: 50, hold: '2s' }] },
    people: nobody,
  },
  {
    name: 'aborted',
    spec: { release: 'v2', analysis: 'none', stages: [{ weight: 50, hold: '10m' }] },
    async people(stand) {
      await stand.untilWatched();
      await stand.handle.signal('abort', { by: 'ana', why: 'wrong build' });
    },
  },
  {
    name: 'switched',
    spec: {
      kind: 'blueGreen',
      release: 'v2',
      analysis: 'none',
      smoke: [],
      warmUp: 'none',
      watch: '2s',
      scaleDownDelay: 0,
    },
    people: nobody,
  },
  {
    name: 'replaced',
    spec: { kind: 'rolling', release: 'v2', analysis: 'none', watch: '2s' },
    people: nobody,
  },
  {
    name: 'put-back',
    spec: { kind: 'rolling', release: 'v2', analysis: 'none', watch: '10m' },
    async people(stand) {
      await stand.untilWatched();
      await stand.handle.signal('abort', { by: 'ana', why: 'wrong build' });
    },
  },
];

export const kubernetesScenarios: Scenario[] = ['routed', 'ratio'].flatMap((routing) =>
  stories.map((story) => ({ ...story, name: `${story.name}-${routing}` })),
);
