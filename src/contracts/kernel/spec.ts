import type { SpecByKind } from '../../specs/rollouts/resolution.ts';
import type { SpecKind } from '../../kinds/workflow-types.ts';
import type { RolloutSettings } from './settings.ts';

export interface SpecActivities {
  /**
   * The spec with its defaults, and the settings this run goes by. Fails as InvalidSpec,
   * non-retryable, its message and details listing every problem. A local activity.
   */
  resolveSpec<K extends SpecKind>(
    kind: K,
    input: unknown,
  ): Promise<{ spec: SpecByKind[K]; settings: RolloutSettings }>;
}
