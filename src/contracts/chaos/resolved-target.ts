import type { ResolvedHost } from './host-faults.ts';
import type { MeshTarget } from './mesh-faults.ts';
import type { PodFacts } from './pod-faults.ts';
import type { TrackFacts } from './track-faults.ts';

/** What is hit, as it was resolved once. */
export type ResolvedTarget = ResolvedHost | PodFacts | MeshTarget | TrackFacts;
