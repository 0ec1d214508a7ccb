import { backupSchema } from './backup.ts';
import { restoreDrillSchema } from './drill.ts';
import { pointInTimeSchema } from './point-in-time.ts';
import { backupReplicationSchema } from './replication.ts';
import { restoreSchema } from './restore.ts';
import { backupRetentionSchema } from './retention-run.ts';
import { backupVerificationSchema } from './verification.ts';

export const specSchemas = {
  backup: backupSchema,
  backupVerification: backupVerificationSchema,
  backupRetention: backupRetentionSchema,
  backupReplication: backupReplicationSchema,
  restore: restoreSchema,
  restoreDrill: restoreDrillSchema,
  pointInTimeRecovery: pointInTimeSchema,
};
