import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import type { StageName } from '../../../lib/names.ts';
import { effectiveSettings, stageFrom } from '../../../lib/stages.ts';
import { resourcesOf, templatesOf } from './synth.ts';

const stageOf = (context: Record<string, string>) => stageFrom(new App({ context }).node);
const environments = (stage: StageName) =>
  resourcesOf(stage, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties.Environment.Variables);
const valuesOf = (stage: StageName, name: string) => {
  const values = environments(stage).flatMap((environment) => environment[name] ?? []);
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
};

describe('stageFrom', () => {
  it('throws for an unknown stage', () => {
    expect(() => stageOf({ stage: 'production' })).toThrow(
      'unknown stage "production": expected local, sandbox or prod',
    );
  });

  it('throws for stage local without simulatorUrl', () => {
    expect(() => stageOf({ stage: 'local' })).toThrow('--context simulatorUrl=');
  });

  it('keeps settings for the next deployment, but not what only this one lacks', () => {
    const { settings } = stageOf({
      stage: 'prod',
      alarmEmail: 'ops@shop.example',
      totp: 'off',
      reservedConcurrency: 'missing',
      protection: 'off',
      refundLimit: '',
    });

    expect(settings).toEqual({ alarmEmail: 'ops@shop.example', totp: 'off' });
  });

  it('names the settings in effect', () => {
    const found = effectiveSettings(
      stageOf({ stage: 'prod', alarmEmail: 'ops@shop.example', reservedConcurrency: 'missing' }),
    );

    expect(found).toContainEqual({ name: 'alarmEmail', value: 'ops@shop.example', kept: true });
    expect(found).toContainEqual({ name: 'totp', value: 'on', kept: false });
    expect(found).toContainEqual({ name: 'domain', value: null, kept: false });
    expect(found).toContainEqual({ name: 'reservedConcurrency', value: 'off', kept: false });
  });

  it.each(['originCheck', 'firewall', 'totp', 'reservedConcurrency'])('throws for %s neither on nor off', (name) => {
    expect(() => stageOf({ stage: 'prod', [name]: 'true' })).toThrow(`invalid ${name} "true": expected on or off`);
  });

  it.each(['sandbox', 'prod'])('has the default of stage %s for an empty value', (stage) => {
    const empty = { originCheck: '', firewall: '', reservedConcurrency: '', totp: '', protection: '', canary: '' };

    expect(stageOf({ stage, ...empty })).toEqual(stageOf({ stage }));
  });

  it('trusts only the simulator in stage local', () => {
    expect(valuesOf('local', 'PAYPAL_BASE_URL')).toEqual(['http://127.0.0.1:4000']);
    expect(valuesOf('local', 'PAYPAL_CERT_ORIGINS')).toEqual(['http://127.0.0.1:4000']);
  });

  it('uses PayPal’s live API, certificate hosts and names in stage prod', () => {
    expect(valuesOf('prod', 'PAYPAL_BASE_URL')).toEqual(['https://api-m.paypal.com']);
    expect(valuesOf('prod', 'PAYPAL_CERT_ORIGINS')).toEqual(['https://api.paypal.com']);
    expect(valuesOf('prod', 'PAYPAL_CERT_NAMES')).toEqual(['messageverificationcerts.paypal.com']);
  });

  it('uses PayPal’s sandbox in stage sandbox', () => {
    expect(valuesOf('sandbox', 'PAYPAL_BASE_URL')).toEqual(['https://api-m.sandbox.paypal.com']);
    expect(valuesOf('sandbox', 'PAYPAL_CERT_ORIGINS')).toEqual(['https://api.sandbox.paypal.com']);
    expect(valuesOf('sandbox', 'PAYPAL_CERT_NAMES')).toEqual(['messageverificationcerts.sandbox.paypal.com']);
  });

  it.each(['sandbox', 'prod'] as const)('has no trace of localhost or the simulator in stage %s', (stage) => {
    const text = JSON.stringify(Object.values(templatesOf(stage)).map((template) => template.toJSON()));

    expect(text.match(/127\.0\.0\.1|localhost|WEBHOOK_ID|[Ss]imulator/g)).toBeNull();
  });

  it.each(['sandbox', 'prod'] as const)('requires the parameter StorefrontOrigin in stage %s', (stage) => {
    const parameter = templatesOf(stage).service.toJSON().Parameters.StorefrontOrigin;

    expect(parameter.AllowedPattern).toBe('https://[^/]+');
    expect(parameter).not.toHaveProperty('Default');
    expect(valuesOf(stage, 'STOREFRONT_ORIGIN')).toEqual([{ Ref: 'StorefrontOrigin' }]);
  });
});
