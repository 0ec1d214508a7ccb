import { chaosCampaignSchema } from './campaign.ts';
import { chaosExperimentSchema } from './experiment.ts';

export const specSchemas = {
  chaosExperiment: chaosExperimentSchema,
  chaosCampaign: chaosCampaignSchema,
};
