/** Workflows by type, each loaded when a run of it starts: an idle run pays for its own family alone. */
const workflows = {
  canaryDeployment: () => require('./rollouts/canary-deployment.ts').canaryDeployment,
  blueGreenDeployment: () => require('./rollouts/blue-green-deployment.ts').blueGreenDeployment,
  rollingDeployment: () => require('./rollouts/rolling-deployment.ts').rollingDeployment,
  recreateDeployment: () => require('./rollouts/recreate-deployment.ts').recreateDeployment,
  rollback: () => require('./rollouts/rollback.ts').rollback,
  respondToAlert: () => require('./rollouts/respond-to-alert.ts').respondToAlert,
  backup: () => require('./backups/backup.ts').backup,
  backupVerification: () => require('./backups/backup-verification.ts').backupVerification,
  backupRetention: () => require('./backups/backup-retention.ts').backupRetention,
  backupReplication: () => require('./backups/backup-replication.ts').backupReplication,
  restore: () => require('./backups/restore.ts').restore,
  restoreDrill: () => require('./backups/restore-drill.ts').restoreDrill,
  pointInTimeRecovery: () => require('./backups/point-in-time-recovery.ts').pointInTimeRecovery,
  incident: () => require('./recovery/incident.ts').incident,
  databaseWatch: () => require('./recovery/database-watch.ts').databaseWatch,
  failover: () => require('./recovery/failover.ts').failover,
  switchover: () => require('./recovery/switchover.ts').switchover,
  rejoin: () => require('./recovery/rejoin.ts').rejoin,
  fence: () => require('./recovery/fence.ts').fence,
  regionFailover: () => require('./recovery/region-failover.ts').regionFailover,
  regionFailback: () => require('./recovery/region-failback.ts').regionFailback,
  playbook: () => require('./recovery/playbook.ts').playbook,
  playbookRehearsal: () => require('./recovery/playbook-rehearsal.ts').playbookRehearsal,
  chaosExperiment: () => require('./chaos/chaos-experiment.ts').chaosExperiment,
  chaosCampaign: () => require('./chaos/chaos-campaign.ts').chaosCampaign,
  sloMonitor: () => require('./objectives/slo-monitor.ts').sloMonitor,
  startScheduledRun: () => require('./kernel/start-scheduled-run.ts').startScheduledRun,
  changeControl: () => require('./kernel/change-control.ts').changeControl,
  writeFacts: () => require('./backups/write-facts.ts').writeFacts,
  writeReport: () => require('./kernel/write-report.ts').writeReport,
  janitor: () => require('./kernel/janitor.ts').janitor,
};

for (const [type, load] of Object.entries(workflows)) {
  Object.defineProperty(exports, type, { enumerable: true, get: load });
}
