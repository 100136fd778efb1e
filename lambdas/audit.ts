import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { logger } from '../src/shared/logger.ts';

type Image = Parameters<typeof unmarshall>[0];

/**
 * Logs every entry of the audit log a second time, where no function can delete it. A change of an entry, which the shop
 * never makes, is logged with the entry before it.
 */
export async function handler({ Records }: DynamoDBStreamEvent, context: Context): Promise<void> {
  logger.resetKeys();
  logger.addContext(context);
  for (const { eventName, dynamodb } of Records) {
    const entry = entryOf(dynamodb?.NewImage);
    if (eventName === 'INSERT') logger.info('AUDIT_ENTRY', { entry });
    else logger.error('AUDIT_ENTRY_CHANGED', { entry, before: entryOf(dynamodb?.OldImage) });
  }
}

const entryOf = (image: unknown) => (image ? unmarshall(image as Image) : undefined);
