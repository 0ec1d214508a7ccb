import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { defineUpdate } from '@temporalio/workflow';
import type { DeployReceipt, DeployRequest } from '../../../src/contracts/kernel/messages.ts';
import { deployUpdate } from '../../../src/contracts/kernel/messages.ts';
import { workflowTypes } from '../../../src/kinds/workflow-types.ts';
import type { Stand, WrittenSpec } from './stand.ts';

/** A rollout and the people around it, who act on what the server knows, whoever works or is dead. */
export interface Scenario {
  name: string;
  /** Releases that were promoted before; `v1` alone where it is absent. */
  earlier?: string[];
  spec: WrittenSpec;
  people(stand: Stand): Promise<void>;
}

/** Longer than the blind time, so that a hold that nobody watched for a while can still pass. */
const hold = '10s';
/** A target that is away for seconds is no reason to give up here. */
const analysis = { interval: '500ms', count: 1, consecutiveErrorLimit: 60 };

export const promoted: Scenario = {
  name: 'promoted',
  spec: {
    release: 'v2',
    analysis,
    stages: [
      { weight: 50, hold },
      { weight: 80, hold, approval: { by: ['ana'] } },
    ],
  },
  async people(stand) {
    await stand.untilWaitingForApproval();
    await stand.handle.signal('approve', { by: 'ana', stage: 80 });
  },
};

export const aborted: Scenario = {
  name: 'aborted',
  spec: { release: 'v2', analysis, stages: [{ weight: 50, hold: '10m' }] },
  async people(stand) {
    await stand.untilHeld();
    await stand.handle.signal('abort', { by: 'ana', why: 'wrong build' });
  },
};

const superseded: Scenario = {
  name: 'superseded',
  spec: { release: 'v2', analysis, stages: [{ weight: 50, hold: '10m' }] },
  async people(stand) {
    await stand.untilHeld();
    const next = { release: 'v3', analysis, stages: [{ weight: 50, hold }], supersede: true };
    const args: [unknown, DeployRequest] = [
      stand.site.specOf(next),
      { requestId: randomUUID(), kind: 'canary', by: 'bo' },
    ];
    const updateId = randomUUID();
    await stand.insist(() =>
      stand.client.workflow.executeUpdateWithStart(
        defineUpdate<DeployReceipt, [unknown, DeployRequest]>(deployUpdate),
        {
          args,
          updateId,
          startWorkflowOperation: new WithStartWorkflowOperation(workflowTypes.canary, {
            ...stand.startOptions,
            workflowIdConflictPolicy: 'USE_EXISTING',
            args,
          }),
        },
      ),
    );
  },
};

const green = { kind: 'blueGreen', release: 'v2', analysis, smoke: [], warmUp: 'none' } as const;

const switched: Scenario = {
  name: 'switched',
  spec: { ...green, watch: hold, scaleDownDelay: '2s' },
  people: async () => {},
};

const switchedBack: Scenario = {
  name: 'switched-back',
  spec: { ...green, watch: '10m', scaleDownDelay: 0 },
  async people(stand) {
    await stand.untilHeld();
    await stand.handle.signal('abort', { by: 'ana', why: 'wrong build' });
  },
};

const broughtBack: Scenario = {
  name: 'brought-back',
  earlier: ['v1', 'v2'],
  spec: { kind: 'rollback' },
  people: async () => {},
};

export const canaries = [promoted, aborted, superseded];
export const otherKinds = [switched, switchedBack, broughtBack];
