import { incidentSchema } from './incident.ts';
import { playbookSchema } from './playbook.ts';
import { regionFailbackSchema, regionFailoverSchema } from './region-plan.ts';
import { playbookRehearsalSchema } from './rehearsal.ts';

export const specSchemas = {
  incident: incidentSchema,
  playbook: playbookSchema,
  playbookRehearsal: playbookRehearsalSchema,
  regionFailover: regionFailoverSchema,
  regionFailback: regionFailbackSchema,
};
