import { backupScenarios } from './backup-scenarios.ts';
import { changeControlScenarios } from './change-control-scenarios.ts';
import { chaosScenarios } from './chaos-scenarios.ts';
import { cloudNativePgScenarios } from './cloudnative-pg-scenarios.ts';
import { databaseScenarios, longDatabaseScenarios } from './database-scenarios.ts';
import { regionScenarios } from './region-scenarios.ts';
import { incidentScenarios, longIncidentScenarios } from './incident-scenarios.ts';
import { objectiveScenarios } from './objective-scenarios.ts';
import { longPlaybookScenarios, playbookScenarios } from './playbook-scenarios.ts';
import { pointInTimeScenarios } from './point-in-time-scenarios.ts';
import { rolloutScenarios } from './rollout-scenarios.ts';
import { stageScenarios } from './stage-scenarios.ts';
import { volumeScenarios } from './volume-scenarios.ts';
import type { Scenario } from './scenario.ts';

/** By the name of their histories. */
export const scenarios: Record<string, Scenario> = {
  ...rolloutScenarios,
  ...stageScenarios,
  ...changeControlScenarios,
  ...backupScenarios,
  ...pointInTimeScenarios,
  ...volumeScenarios,
  ...databaseScenarios,
  ...cloudNativePgScenarios,
  ...regionScenarios,
  ...playbookScenarios,
  ...incidentScenarios,
  ...chaosScenarios,
  ...objectiveScenarios,
};

/** The server has to suggest early that a run continues as new. */
export const longScenarios: Record<string, Scenario> = {
  ...longDatabaseScenarios,
  ...longPlaybookScenarios,
  ...longIncidentScenarios,
};
