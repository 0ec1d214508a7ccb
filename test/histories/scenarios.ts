import { backupScenarios } from './backup-scenarios.ts';
import { rolloutScenarios } from './rollout-scenarios.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario that is recorded, by the name of its histories. */
export const scenarios: Record<string, Scenario> = { ...rolloutScenarios, ...backupScenarios };
