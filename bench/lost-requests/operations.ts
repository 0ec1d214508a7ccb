/** The rollouts that must not lose a request, and what a person does during each. */
import type { Outcome } from '../../src/contracts/rollouts/outcome.ts';
import type { RolloutPhase } from '../../src/kinds/rollout-phases.ts';

export interface Operation {
  /** The specific part of its spec; the version to roll out is v2. */
  spec: { kind: 'canary' | 'blueGreen'; [key: string]: unknown };
  /** When a person aborts it: in this phase, and after the new version has answered. */
  abortIn?: RolloutPhase;
  outcome: Outcome;
  /** Activities during which its worker is killed: first its wait, then its acts. */
  killedIn: readonly string[];
}

const hold = '2s';
const never = '6h';

const abortAt = (weight: number): Operation => ({
  spec: canary([{ weight, hold: never }]),
  abortIn: 'holding',
  outcome: 'Aborted',
  killedIn: ['watchHold', 'restoreStable', 'removeCanary'],
});

export const operations = {
  promote: {
    spec: canary([5, 20, 50, 100].map((weight) => ({ weight, hold }))),
    outcome: 'Promoted',
    killedIn: ['watchHold', 'promoteCanary', 'setWeight', 'settlePromotion'],
  },
  'abort-5': abortAt(5),
  'abort-20': abortAt(20),
  'abort-50': abortAt(50),
  'abort-100': abortAt(100),
  'abort-committed': {
    spec: { ...canary([{ weight: 100, hold }]), ...slowToStart(8) },
    abortIn: 'taking-over',
    outcome: 'Aborted',
    killedIn: ['awaitStableComplete', 'revertPromotion', 'settlePromotion'],
  },
  switch: {
    spec: blueGreen({ scaleDownDelay: 0 }),
    outcome: 'Promoted',
    killedIn: ['watchHold', 'setWeight', 'promoteCanary', 'settlePromotion'],
  },
  'switch-back': {
    spec: blueGreen({ scaleDownDelay: never }),
    abortIn: 'keeping',
    outcome: 'Aborted',
    killedIn: ['watchHold', 'restoreStable', 'removeCanary'],
  },
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;
export const operationNames = Object.keys(operations) as OperationName[];

function canary(stages: { weight: number; hold: string }[]): Operation['spec'] {
  return { kind: 'canary', stages, analysis: 'none' };
}

function blueGreen(keeping: object): Operation['spec'] {
  const warmUp = { duration: '1s', rate: 20 };
  const smoke = [{ path: '/health', expect: 200 }];
  return { kind: 'blueGreen', smoke, warmUp, watch: hold, analysis: 'none', ...keeping };
}

/** So that stable takes some time to take over the release. */
function slowToStart(seconds: number): object {
  return { env: { START_DELAY_MS: String(seconds * 1_000) } };
}
