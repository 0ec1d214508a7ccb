import { incidentSchema } from './incident.ts';

export const specSchemas = {
  incident: incidentSchema,
};
