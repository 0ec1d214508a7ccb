import { databasePlanSchema } from './database-plan.ts';
import { failoverSchema } from './failover.ts';
import { fenceSchema } from './fence.ts';
import { rejoinSchema } from './rejoin.ts';
import { switchoverSchema } from './switchover.ts';

export const databaseSchemas = {
  databaseWatch: databasePlanSchema,
  failover: failoverSchema,
  switchover: switchoverSchema,
  rejoin: rejoinSchema,
  fence: fenceSchema,
};
