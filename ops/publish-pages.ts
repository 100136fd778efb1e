import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { cacheControlOf, contentTypeOf } from '../lib/web-serving.ts';

/** Concurrent uploads. */
const CONCURRENCY = 8;

export interface Publication {
  /** Of the built pages. */
  readonly folder: string;
  readonly bucket: string;
  readonly distributionId: string;

  /** CallerReference of the invalidation, by which it is idempotent. */
  readonly reference: string;
}

/**
 * Uploads assets before the pages that reference them. Keeps those of earlier versions: open pages may still load them.
 * @returns the number of files.
 */
export async function publishPages(
  { s3, cloudFront }: { readonly s3: S3Client; readonly cloudFront: CloudFrontClient },
  { folder, bucket, distributionId, reference }: Publication,
): Promise<number> {
  const files = globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  if (!files.some((file) => file.endsWith('.html'))) throw new Error(`no pages found in ${folder}`);

  const put = (Key: string) =>
    s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key,
        Body: readFileSync(join(folder, Key)),
        ContentType: contentTypeOf(Key),
        CacheControl: cacheControlOf(Key),
      }),
    );
  const isPage = (file: string) => file.endsWith('.html');
  for (const group of [files.filter((file) => !isPage(file)), files.filter(isPage)]) {
    for (let i = 0; i < group.length; i += CONCURRENCY) await Promise.all(group.slice(i, i + CONCURRENCY).map(put));
  }
  await cloudFront.send(
    new CreateInvalidationCommand({
      DistributionId: distributionId,
      InvalidationBatch: { CallerReference: reference, Paths: { Quantity: 1, Items: ['/*'] } },
    }),
  );
  return files.length;
}
