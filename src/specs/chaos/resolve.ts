import { chaosExperimentSchema } from './experiment.ts';

export const specSchemas = { chaosExperiment: chaosExperimentSchema };
