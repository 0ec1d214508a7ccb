import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError, type Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import {
  searchAttributeNames,
  searchAttributeType,
  type SearchAttributeName,
} from '../../contracts/kernel/search-attributes.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const indexedTypes = {
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
} as const;
const grpcAlreadyExists = 6;
const propagationLimitMs = 30_000;

export class SearchAttributesUnavailable extends Error {
  override readonly name = 'SearchAttributesUnavailable';
}

type AnyConnection = Connection | NativeConnection;

/**
 * Registers those of Belay's search attributes that the namespace lacks, and returns when queries
 * accept them all. A worker must not poll before: an unknown attribute wedges a workflow.
 * Throws SearchAttributesUnavailable.
 */
export async function ensureSearchAttributes(
  connection: AnyConnection,
  namespace: string,
): Promise<{ created: string[] }> {
  try {
    const missing = await missingSearchAttributes(connection, namespace);
    if (missing.length > 0) {
      await register(connection, namespace, missing);
      await awaitQueryable(connection, namespace);
    }
    return { created: missing };
  } catch (error) {
    if (error instanceof SearchAttributesUnavailable) throw error;
    const reason = isGrpcServiceError(error) ? error.details : String(error);
    throw new SearchAttributesUnavailable(
      `Belay's search attributes cannot be registered in namespace ${namespace} (${reason}). ` +
        `Ask someone with operator rights to run: ${registerCommand(namespace)}`,
      { cause: error },
    );
  }
}

/** Throws SearchAttributesUnavailable for one that exists with another type. */
export async function missingSearchAttributes(
  connection: AnyConnection,
  namespace: string,
): Promise<SearchAttributeName[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const names = Object.values(searchAttributeNames);
  const mistyped = names.filter(
    (name) => name in customAttributes && customAttributes[name] !== typeOf(name),
  );
  if (mistyped.length > 0) {
    throw new SearchAttributesUnavailable(
      `Namespace ${namespace} has ${mistyped.map((name) => `${name} with a type other than ${searchAttributeType(name)}`).join(', ')}. ` +
        'Remove them (temporal operator search-attribute remove) or use another namespace.',
    );
  }
  return names.filter((name) => !(name in customAttributes));
}

async function register(
  connection: AnyConnection,
  namespace: string,
  names: SearchAttributeName[],
) {
  const searchAttributes = Object.fromEntries(names.map((name) => [name, typeOf(name)] as const));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    const another = isGrpcServiceError(error) && Number(error.code) === grpcAlreadyExists;
    if (!another) throw error;
  }
}

/**
 * The server answers from a cache that learns of new attributes only after a while. Of several
 * servers others may learn of them a few seconds later: a workflow task that they refuse until then
 * is tried again.
 */
async function awaitQueryable(connection: AnyConnection, namespace: string): Promise<void> {
  const query = Object.values(searchAttributeNames)
    .map((name) => `${name} = "none"`)
    .join(' AND ');
  const deadline = performance.now() + propagationLimitMs;
  for (;;) {
    try {
      await connection.workflowService.listWorkflowExecutions({ namespace, query, pageSize: 1 });
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

function registerCommand(namespace: string): string {
  const flags = Object.values(searchAttributeNames).map(
    (name) => `--name ${name} --type ${searchAttributeType(name)}`,
  );
  return `temporal operator search-attribute create --namespace ${namespace} ${flags.join(' ')}`;
}

function typeOf(name: SearchAttributeName) {
  return indexedTypes[searchAttributeType(name)];
}
