/** The `type` of every ApplicationFailure that Belay raises: match these, never a message. */
export const failureTypes = {
  invalidSpec: 'InvalidSpec',
  wrongWorkflowId: 'WrongWorkflowId',
  sameRelease: 'SameRelease',
  noSuchRevision: 'NoSuchRevision',
  alreadyRunning: 'AlreadyRunning',
  verbRefused: 'VerbRefused',
  staleFence: 'StaleFence',
  notReady: 'NotReady',
  analysisFailed: 'AnalysisFailed',
  notApproved: 'NotApproved',
  smokeTestFailed: 'SmokeTestFailed',
  targetRefused: 'TargetRefused',
  targetUnavailable: 'TargetUnavailable',
  alertUndecided: 'AlertUndecided',
  targetDrifted: 'TargetDrifted',
} as const;
