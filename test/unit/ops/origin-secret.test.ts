import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { originSecretStore } from '../../../ops/origin-secret.ts';

const client = mockClient(SecretsManagerClient);
const store = originSecretStore(new SecretsManagerClient({ region: 'eu-central-1' }), 'settle-once/prod/origin');
const CURRENT = { id: 'version-1', value: 'current' };
const NEXT = { id: 'version-2', value: 'next' };

const versions = (of: Record<string, { readonly id: string; readonly value: string }>) =>
  client.on(GetSecretValueCommand).callsFake(async ({ VersionStage }) => {
    const version = of[VersionStage];
    if (!version) throw Object.assign(new Error('none'), { name: 'ResourceNotFoundException' });
    return { VersionId: version.id, SecretString: version.value };
  });

beforeEach(() => client.reset());

describe('originSecretStore', () => {
  it('reads nothing before the secret exists', async () => {
    versions({});

    expect(await store.read()).toBeUndefined();
  });

  it('reads the current version, and the next one during a rotation', async () => {
    versions({ AWSCURRENT: CURRENT });
    expect(await store.read()).toEqual({ current: CURRENT });

    versions({ AWSCURRENT: CURRENT, AWSPENDING: NEXT });
    expect(await store.read()).toEqual({ current: CURRENT, next: NEXT });
  });

  it('reads no next version when a promotion was interrupted', async () => {
    versions({ AWSCURRENT: NEXT, AWSPENDING: NEXT });

    expect(await store.read()).toEqual({ current: NEXT });
  });

  it('throws when the secret cannot be read', async () => {
    client.on(GetSecretValueCommand).rejects(Object.assign(new Error('denied'), { name: 'AccessDeniedException' }));

    await expect(store.read()).rejects.toThrow('denied');
  });

  it('stores the next version without making it current', async () => {
    await store.prepareNext('next');

    expect(client.commandCalls(PutSecretValueCommand)[0]?.args[0].input).toEqual({
      SecretId: 'settle-once/prod/origin',
      SecretString: 'next',
      VersionStages: ['AWSPENDING'],
    });
  });

  it('promotes the next version and ends the rotation', async () => {
    await store.promote({ current: CURRENT, next: NEXT });

    expect(client.commandCalls(UpdateSecretVersionStageCommand).map(({ args }) => args[0].input)).toMatchObject([
      { VersionStage: 'AWSCURRENT', RemoveFromVersionId: 'version-1', MoveToVersionId: 'version-2' },
      { VersionStage: 'AWSPENDING', RemoveFromVersionId: 'version-2' },
    ]);
  });
});
