import {
  isGrpcDeadlineError,
  isGrpcServiceError,
  ServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';

/** The gRPC codes that Belay tells apart. */
const grpcCodes = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  failedPrecondition: 9,
  unavailable: 14,
} as const;

/** How long a worker may take to answer before it counts as away. */
export const workerAnswerMs = 10_000;

function grpcCode(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return Number(error.code);
  if (error instanceof ServiceError && isGrpcServiceError(error.cause)) {
    return Number(error.cause.code);
  }
  return undefined;
}

export function isServerAway(error: unknown): boolean {
  return grpcCode(error) === grpcCodes.unavailable;
}

/** The server cancels a query that its queue has no room or no time for. */
const workerAwayCodes = new Set<number | undefined>([
  grpcCodes.cancelled,
  grpcCodes.deadlineExceeded,
  grpcCodes.failedPrecondition,
]);

/** The server is there, but no worker answered in time. */
export function isWorkerAway(error: unknown): boolean {
  if (isServerAway(error)) return false;
  return (
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    isGrpcDeadlineError(error) ||
    workerAwayCodes.has(grpcCode(error))
  );
}

/** The namespace does not know Belay's search attributes: no worker has ever run in it. */
export function lacksSearchAttributes(error: unknown): boolean {
  return (
    grpcCode(error) === grpcCodes.invalidArgument &&
    /search attribute/i.test(
      error instanceof Error ? `${error.message} ${String(error.cause)}` : '',
    )
  );
}
