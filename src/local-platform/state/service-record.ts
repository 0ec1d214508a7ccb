import * as z from 'zod';
import { specKinds } from '../../specs/rollouts/spec-kinds.ts';
import { chaosConsents } from '../../specs/rollouts/target.ts';
import { localReleaseSchema } from '../../specs/rollouts/release.ts';

/** Everything about one service that must outlive the platform's process. Immutable: always replaced as a whole. */
export type ServiceRecord = Readonly<z.output<typeof serviceRecordSchema>>;
/** One release and its settings. */
export type Deployment = z.output<typeof deployment>;
export type Fault = z.output<typeof fault>;

const count = z.int().min(0);

export const readinessShape = z.strictObject({
  path: z.string().startsWith('/').exactOptional(),
  deadlineMs: z.number().positive(),
});

const deployment = z.object({
  /** Numbers the deployments of one service; replicas are named after it. */
  generation: count,
  release: localReleaseSchema,
  wanted: count,
  readiness: readinessShape,
  /** Absolute, so that the release starts the same way if the platform is started in another folder. */
  folder: z.string(),
});

const fence = z.object({ rolloutId: z.string(), step: z.number() });

const fault = z.object({
  errorRate: z.number().exactOptional(),
  latencyMs: z.number().exactOptional(),
});

export const serviceRecordSchema = z.object({
  format: z.literal(1),
  environment: z.string(),
  service: z.string(),
  /** Front port; 0 until one is chosen. */
  port: count,
  /** The highest fence accepted. It outlives its owner, so that late acts stay refused. */
  fence,
  /** Workflow ID of the rollout that owns the service, under `fence`. */
  ownerWorkflowId: z.string().exactOptional(),
  /** Kind of that rollout; absent if an earlier version made the claim. */
  ownerKind: z.enum(specKinds).exactOptional(),
  revision: count,
  lastGeneration: count,
  stable: deployment.exactOptional(),
  canary: deployment.exactOptional(),
  canaryWeight: z.number().min(0).max(100),
  /** The rollout that promoted stable: if it repeats its promotion, nothing is left to do. */
  promotedBy: z.string().exactOptional(),
  /** Whether experiments may be made on it, as a rollout that claimed it has said. */
  chaos: z.enum(chaosConsents).exactOptional(),
  /** The highest fence of acts on tracks of experiments. The tracks are not on disk. */
  tracksFence: fence.exactOptional(),
  faults: z.object({ stable: fault.exactOptional(), canary: fault.exactOptional() }),
  kept: z.array(
    z.object({
      revision: count,
      release: localReleaseSchema,
      wanted: count,
      replacedAtMs: z.number(),
    }),
  ),
});
