import type { RunSettings } from './settings.ts';

export interface SpecActivities {
  /**
   * The spec with its defaults, as the kind's own schema has it, and the settings this run goes by.
   * Fails as InvalidSpec, non-retryable, its message and details listing every problem. A local activity.
   */
  resolveSpec(kind: string, input: unknown): Promise<{ spec: unknown; settings: RunSettings }>;
}
