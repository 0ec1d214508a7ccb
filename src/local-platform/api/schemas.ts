import * as z from 'zod';
import type {
  InjectTrackFaultOrder,
  OpenTracksOrder,
} from '../../contracts/chaos/service-tracks.ts';
import type {
  ApplyCanaryBody,
  ClaimBody,
  ExtendTrackFaultBody,
  Fenced,
  FaultsBody,
  SetWeightBody,
} from '../../contracts/rollouts/local-platform.ts';
import type { TrackFault } from '../../specs/chaos/fault.ts';
import { chaosConsents } from '../../specs/rollouts/target.ts';
import { specKinds } from '../../specs/rollouts/spec-kinds.ts';
import { localReleaseSchema } from '../../specs/rollouts/release.ts';
import { idPart } from '../../specs/kernel/written.ts';
import { readinessShape } from '../state/service-record.ts';

const fence = z.strictObject({ rolloutId: z.string().min(1).max(200), step: z.int().min(0) });

export const serviceName = z.object({
  environment: idPart('environment'),
  service: idPart('service'),
});

export const fencedBody: z.ZodType<Fenced> = z.strictObject({ fence });

export const claimBody: z.ZodType<ClaimBody> = z.strictObject({
  fence,
  workflowId: z.string().min(1).max(1_000),
  kind: z.enum(specKinds),
  port: z.int().min(0).max(65_535).exactOptional(),
  chaos: z.enum(chaosConsents).exactOptional(),
});

export const applyCanaryBody: z.ZodType<ApplyCanaryBody> = z.strictObject({
  fence,
  canary: z.strictObject({
    release: localReleaseSchema,
    replicas: z.int().min(1).max(100),
    readiness: readinessShape,
  }),
});

export const setWeightBody: z.ZodType<SetWeightBody> = z.strictObject({
  fence,
  weight: z.number().min(0).max(100),
});

const track = z.enum(['stable', 'canary']);

export const faultsBody: z.ZodType<FaultsBody> = z.strictObject({
  track,
  errorRate: z.number().min(0).max(1).exactOptional(),
  latencyMs: z.number().min(0).max(60_000).exactOptional(),
});

const trackFault: z.ZodType<TrackFault> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('latency'),
    delayMs: z.number().min(1).max(60_000),
    jitterMs: z.number().min(0).max(60_000),
  }),
  z.strictObject({ type: z.literal('error'), share: z.number().gt(0).max(1) }),
  z.strictObject({ type: z.literal('crash') }),
  z.strictObject({ type: z.literal('freeze') }),
]);

export const openTracksBody: z.ZodType<OpenTracksOrder> = z.strictObject({
  fence,
  share: z.number().gt(0).max(0.5),
  replicas: z.int().min(1).max(100),
  boundsMs: z.array(z.number().min(0)).max(20),
  keepMs: z.number().min(1).max(3_600_000),
  longestMs: z
    .number()
    .min(1)
    .max(7 * 86_400_000),
});

export const injectTrackFaultBody: z.ZodType<InjectTrackFaultOrder> = z.strictObject({
  fence,
  fault: trackFault,
  forMs: z.number().min(1).max(3_600_000),
  durationMs: z.number().min(1).max(3_600_000),
  mostRequests: z.int().min(1),
});

export const extendTrackFaultBody: z.ZodType<ExtendTrackFaultBody> = z.strictObject({
  fence,
  forMs: z.number().min(1).max(3_600_000),
});

export const logQuery = z.strictObject({
  track: track.exactOptional(),
  replica: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .exactOptional(),
  lines: z.coerce.number().int().min(1).max(10_000).default(100),
});
