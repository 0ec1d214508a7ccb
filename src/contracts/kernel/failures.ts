/** The `type` of every ApplicationFailure that Belay raises: match these, never a message. */
export const failureTypes = {
  invalidSpec: 'InvalidSpec',
  wrongWorkflowId: 'WrongWorkflowId',
  sameRelease: 'SameRelease',
  noSuchRevision: 'NoSuchRevision',
  nothingToUndo: 'NothingToUndo',
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
  /** Nobody took an act up from the agent's queue. */
  agentAbsent: 'AgentAbsent',
  /** The agent and the workers speak different contracts. */
  agentContract: 'AgentContract',
  /** Not on the agent's allow-list, or with an argument that is not. */
  agentRefused: 'AgentRefused',
  /** Nobody knows how an act ended. */
  agentActLost: 'AgentActLost',
  agentUnavailable: 'AgentUnavailable',
  leaseEnded: 'LeaseEnded',
  frozen: 'Frozen',
  permitRefused: 'PermitRefused',
  changeControlUnavailable: 'ChangeControlUnavailable',
  invalidInput: 'InvalidInput',
} as const;
