import type { Subject } from '../../kinds/kind.ts';

/** Workers make sure they exist before they poll. */
export const searchAttributeNames = {
  kind: 'BelayKind',
  /** The name of what the run is about, whatever its kind. */
  service: 'BelayService',
  environment: 'BelayEnvironment',
  version: 'BelayVersion',
  phase: 'BelayPhase',
  outcome: 'BelayOutcome',
  /** Of an incident. */
  severity: 'BelaySeverity',
  /** `<namespace>/<name>` of each Deployment of the service: alerts name it by these. */
  deployments: 'BelayDeployments',
} as const;

export type SearchAttributeName = (typeof searchAttributeNames)[keyof typeof searchAttributeNames];

export function searchAttributeType(name: SearchAttributeName): 'Keyword' | 'KeywordList' {
  return name === searchAttributeNames.deployments ? 'KeywordList' : 'Keyword';
}

/** What lists and searches know of a run before it has said anything itself. */
export function attributesOfStart(
  kind: string,
  { environment, name }: Subject,
): Record<string, string> {
  return {
    [searchAttributeNames.kind]: kind,
    [searchAttributeNames.service]: name,
    [searchAttributeNames.environment]: environment,
    [searchAttributeNames.phase]: 'starting',
  };
}
