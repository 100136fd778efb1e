import { fromEnv } from '@aws-sdk/credential-provider-env';

/*
 * Bundled in place of @aws-sdk/credential-provider-node: Lambda sets a function's credentials in its environment, so
 * the providers of files, single sign-on and instance metadata would be 95 kB of every function that are never called.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN)
 */

export const defaultProvider = fromEnv;
