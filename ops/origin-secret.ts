import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';

export interface SecretVersion {
  readonly id: string;
  readonly value: string;
}

export interface OriginSecret {
  /** Which CloudFront sends. */
  readonly current: SecretVersion;

  /** @default - no rotation is in progress */
  readonly next?: SecretVersion;
}

export interface OriginSecretStore {
  /** Undefined before the data stack exists. */
  read(): Promise<OriginSecret | undefined>;

  prepareNext(value: string): Promise<void>;

  /** Makes the next version the current one. */
  promote(secret: Required<OriginSecret>): Promise<void>;
}

/** The versions of the secret that CloudFront sends, by the staging labels of Secrets Manager. */
export function originSecretStore(client: SecretsManagerClient, SecretId: string): OriginSecretStore {
  const versionOf = async (VersionStage: string): Promise<SecretVersion | undefined> => {
    const found = await client.send(new GetSecretValueCommand({ SecretId, VersionStage })).catch((error) => {
      if (error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    });
    return found?.VersionId && found.SecretString ? { id: found.VersionId, value: found.SecretString } : undefined;
  };
  const moveStage = (VersionStage: string, from: SecretVersion, to?: SecretVersion) =>
    client.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage,
        RemoveFromVersionId: from.id,
        ...(to && { MoveToVersionId: to.id }),
      }),
    );

  return {
    async read() {
      const [current, next] = await Promise.all([versionOf('AWSCURRENT'), versionOf('AWSPENDING')]);
      // The same when a promotion was interrupted.
      return current && { current, ...(next && next.id !== current.id && { next }) };
    },
    async prepareNext(value) {
      await client.send(new PutSecretValueCommand({ SecretId, SecretString: value, VersionStages: ['AWSPENDING'] }));
    },
    async promote({ current, next }) {
      await moveStage('AWSCURRENT', current, next);
      await moveStage('AWSPENDING', next);
    },
  };
}
