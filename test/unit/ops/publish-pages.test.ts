import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publishPages } from '../../../ops/publish-pages.ts';

const FOREVER = 'public, max-age=31536000, immutable';
const FILES: Record<string, { type: string; cacheControl: string }> = {
  'storefront/index.html': { type: 'text/html; charset=utf-8', cacheControl: 'no-cache' },
  'admin/index.html': { type: 'text/html; charset=utf-8', cacheControl: 'no-cache' },
  'assets/shop-1a2b.js': { type: 'text/javascript; charset=utf-8', cacheControl: FOREVER },
  'assets/shop-3c4d.css': { type: 'text/css; charset=utf-8', cacheControl: FOREVER },
  'pictures/MUG-BLUE.svg': { type: 'image/svg+xml', cacheControl: 'no-cache' },
  'icon.svg': { type: 'image/svg+xml', cacheControl: 'no-cache' },
};

const s3 = mockClient(S3Client);
const cloudFront = mockClient(CloudFrontClient);
const clients = { s3: new S3Client({}), cloudFront: new CloudFrontClient({}) };
let folder: string;

beforeEach(() => {
  s3.reset();
  cloudFront.reset();
  folder = mkdtempSync(join(tmpdir(), 'settle-once-publish-'));
  for (const file of Object.keys(FILES)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `this is ${file}`);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

const publish = () => publishPages(clients, { folder, bucket: 'pages', distributionId: 'E1', reference: 'today' });
const puts = () => s3.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input);

describe('publishPages', () => {
  it('uploads every file with content type and cache control', async () => {
    expect(await publish()).toBe(6);

    const sent = puts().map(({ Bucket, Key = '', Body, ContentType, CacheControl }) => [
      Key,
      { type: ContentType, cacheControl: CacheControl, bucket: Bucket, body: String(Body) },
    ]);
    expect(Object.fromEntries(sent)).toEqual(
      Object.fromEntries(
        Object.entries(FILES).map(([file, headers]) => [
          file,
          { ...headers, bucket: 'pages', body: `this is ${file}` },
        ]),
      ),
    );
  });

  it('uploads pages after the assets they reference', async () => {
    let inProgress = 0;
    const inProgressAtPage: number[] = [];
    s3.on(PutObjectCommand).callsFake(async ({ Key }) => {
      if (Key.endsWith('.html')) inProgressAtPage.push(inProgress);
      else inProgress++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (!Key.endsWith('.html')) inProgress--;
      return {};
    });

    await publish();

    expect(inProgressAtPage).toEqual([0, 0]);
    expect(
      puts()
        .slice(-2)
        .map(({ Key }) => Key),
    ).toEqual(['admin/index.html', 'storefront/index.html']);
  });

  it('invalidates the CloudFront cache', async () => {
    await publish();

    expect(cloudFront.commandCalls(CreateInvalidationCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { DistributionId: 'E1', InvalidationBatch: { CallerReference: 'today', Paths: { Quantity: 1, Items: ['/*'] } } },
    ]);
  });

  it('uploads no page when an asset fails', async () => {
    s3.on(PutObjectCommand, { Key: 'icon.svg' }).rejects(new Error('access denied'));

    await expect(publish()).rejects.toThrow('access denied');
    expect(puts().filter(({ Key }) => Key?.endsWith('.html'))).toEqual([]);
    expect(cloudFront.calls()).toHaveLength(0);
  });

  it('throws for a folder without pages', async () => {
    const empty = publishPages(clients, {
      folder: join(folder, 'assets'),
      bucket: 'b',
      distributionId: 'E',
      reference: 'r',
    });

    await expect(empty).rejects.toThrow('no pages found');
    expect(s3.calls()).toHaveLength(0);
  });
});
