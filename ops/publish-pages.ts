import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { cacheControlOf, contentTypeOf } from '../lib/web-serving.ts';

/** Files that are sent side by side. */
const AT_ONCE = 8;

/** Where pages are published, and from where. */
export interface Publication {
  /** The folder of the built pages. */
  readonly folder: string;
  readonly bucket: string;
  readonly distributionId: string;

  /** Names this publication: repeating it does not invalidate twice. */
  readonly reference: string;
}

/**
 * Publishes the built pages. What a page needs is there before the page is, and what earlier pages need stays: somebody may be reading one.
 * @returns how many files there are.
 */
export async function publishPages(
  { s3, cloudFront }: { readonly s3: S3Client; readonly cloudFront: CloudFrontClient },
  { folder, bucket, distributionId, reference }: Publication,
): Promise<number> {
  const files = globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  if (!files.some((file) => file.endsWith('.html'))) throw new Error(`there are no pages in ${folder}`);

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
  for (const part of [files.filter((file) => !isPage(file)), files.filter(isPage)]) {
    for (let i = 0; i < part.length; i += AT_ONCE) await Promise.all(part.slice(i, i + AT_ONCE).map(put));
  }
  await cloudFront.send(
    new CreateInvalidationCommand({
      DistributionId: distributionId,
      InvalidationBatch: { CallerReference: reference, Paths: { Quantity: 1, Items: ['/*'] } },
    }),
  );
  return files.length;
}
