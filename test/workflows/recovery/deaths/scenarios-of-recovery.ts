import { cloudNativePgScenarios } from '../../../histories/cloudnative-pg-scenarios.ts';
import { databaseScenarios } from '../../../histories/database-scenarios.ts';
import { incidentScenarios } from '../../../histories/incident-scenarios.ts';
import { playbookScenarios } from '../../../histories/playbook-scenarios.ts';
import { pointInTimeScenarios } from '../../../histories/point-in-time-scenarios.ts';
import { regionScenarios } from '../../../histories/region-scenarios.ts';
import type { Scenario } from '../../../histories/scenario.ts';

/** By their names. */
export const ofRecovery: Record<string, Scenario> = {
  ...databaseScenarios,
  ...cloudNativePgScenarios,
  ...regionScenarios,
  ...pointInTimeScenarios,
  ...playbookScenarios,
  ...incidentScenarios,
};
