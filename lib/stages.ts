import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import type { Setting } from '../src/admin-api/settings-routes.ts';
import { isSwitchedOn, SETTINGS, type Settings, STAGE_NAMES, type StageName, type SwitchedPart } from './names.ts';
import { RESERVED_CONCURRENCY, type ReservedConcurrency } from './reserved-concurrency.ts';
import { DEFAULT_STEP_RETRY, type StepRetry } from './step-retry.ts';

/** The context of a node of the CDK app. */
export type Context = Pick<Node, 'tryGetContext'>;

export interface Intervals {
  /** Seconds without new evidence after which reconciliation checks a payment at PayPal. */
  readonly dueAfterSeconds: number;
  /** Grace period in seconds: the age below which in-flight data is not checked. */
  readonly graceSeconds: number;
  /** Minutes between two runs of a reconciliation job. */
  readonly reconcileEveryMinutes: number;
  /** Minutes between two consistency checks. */
  readonly checkEveryMinutes: number;
}

/** Requests per second, and burst. */
export interface Throttle {
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/** Routes with a throttle of their own. */
export type ThrottledRoute =
  | 'openSession'
  | 'releaseSession'
  | 'beginPayment'
  | 'capturePayment'
  | 'cancelPayment'
  | 'payPalWebhook'
  | 'signIn'
  | 'refresh'
  | 'signOut';

/** Routes with limits for each address. */
export type FirewalledRoute = 'sessions' | 'payments' | 'sign-in';

/** Requests of one address in five minutes. */
export interface FirewallLimits {
  /** Above it, the address must solve a challenge, which a browser does without its user. */
  readonly challenge: number;
  /** Above it, requests are refused. */
  readonly block: number;
}

/** Everything that differs between stages. */
export interface Stage {
  readonly name: StageName;

  /** The context values that the next deployment keeps. */
  readonly settings: Settings;

  /** Whether tables, secret and logs survive the deletion of their stack, though not a creation that failed. */
  readonly retainData: boolean;

  /**
   * Whether stacks, tables and user pool refuse to be deleted.
   * @default - in prod, except for its first deployment: when a creation fails, CloudFormation must be able to delete
   *   what it has created; `--context protection=on` or `off`
   */
  readonly isProtected: boolean;

  readonly logRetention: RetentionDays;

  readonly payPal: {
    /** Origin of the REST API. */
    readonly baseUrl: string;
    /** Origins that webhook certificates may be fetched from. */
    readonly certOrigins: readonly string[];
    /** DNS names of which a webhook certificate must carry one. */
    readonly certNames: readonly string[];
  };

  /**
   * Origin that PayPal redirects buyers back to: `https://shop.example`.
   * @default - the CloudFormation parameter StorefrontOrigin
   */
  readonly storefrontOrigin?: string;

  /**
   * Whether functions refuse requests that did not come through CloudFront.
   * @default - everywhere but on a laptop; `--context originCheck=on` or `off`
   */
  readonly originCheck: boolean;

  /**
   * Major units that an API key or an operator below `admin` may refund per day and currency.
   * @default - `--context refundLimit=1000`
   */
  readonly refundLimit: number;

  /**
   * Origin of the public keys of Cognito's user pools.
   * @default - Cognito's, which is also the issuer of its tokens
   */
  readonly jwksOrigin?: string;

  /**
   * Whether new versions of the functions that shoppers and PayPal call are tried on a tenth of the requests.
   * @default - in prod only; `--context canary=on` or `off`
   */
  readonly canary: boolean;

  /** Changes with the values of CloudFormation parameters: `--context parameters=…`, by `npm run deploy`. */
  readonly parametersHash: string;

  /**
   * Whether operators need a code of an authenticator app besides the password.
   * @default - in prod only; `--context totp=on` or `off`
   */
  readonly totp: boolean;

  /** Whether the web stack is deployed. On a laptop, local/cloudfront.ts stands in for CloudFront. */
  readonly hostsWeb: boolean;

  /**
   * The shop's own domain name. CloudFront requires its certificate in us-east-1.
   * @default - the domain name that CloudFront assigns
   */
  readonly domain?: { readonly name: string; readonly certificateArn: string };

  readonly stepRetry: StepRetry;

  readonly intervals: Intervals;

  /** Invocations that reconcile due payments at the same time, each with 5 calls to PayPal; at least 2. */
  readonly maxPaymentWorkers: number;

  readonly alarms: {
    /** URL or path of docs/runbook.md, linked from every alarm. */
    readonly runbook: string;
    /**
     * E-mail address that is subscribed to the alarm topic; its owner must confirm the subscription.
     * @default - no subscription
     */
    readonly email?: string;
  };

  /** Of the whole HTTP API. */
  readonly throttle: Throttle;

  /** Of single routes, for all callers together. Each has its own, so that none uses up another's. */
  readonly routeThrottles: Readonly<Record<ThrottledRoute, Throttle>>;

  /**
   * Limits of the firewall in front of CloudFront.
   * @default - no firewall outside prod; `--context firewall=on` or `off`
   */
  readonly firewall?: Readonly<Record<FirewalledRoute, FirewallLimits>>;

  /**
   * @default - that of lib/reserved-concurrency.ts; none with `--context reservedConcurrency=off`, or `missing` while the
   *   account's quota is too small for it
   */
  readonly reservedConcurrency: ReservedConcurrency;
}

// A buyer spends a minute or two at PayPal, and a settlement's retries take up to four.
const DEFAULT_INTERVALS: Intervals = {
  dueAfterSeconds: 120,
  graceSeconds: 300,
  reconcileEveryMinutes: 5,
  checkEveryMinutes: 15,
};
// For demos and tests: a lost webhook is recovered within about a minute.
const LOCAL_INTERVALS: Intervals = {
  dueAfterSeconds: 15,
  graceSeconds: 15,
  reconcileEveryMinutes: 1,
  checkEveryMinutes: 1,
};

// The checkout page polls every 2 s: 1,000 waiting shoppers. The account limit is 10,000 requests per second.
const DEFAULT_THROTTLE = { rateLimit: 500, burstLimit: 1000 };

// Each burst admits 200 shoppers who press the same button at the same moment.
const DEFAULT_ROUTE_THROTTLES: Stage['routeThrottles'] = {
  openSession: { rateLimit: 100, burstLimit: 300 },
  releaseSession: { rateLimit: 100, burstLimit: 300 },
  // May wait 8 s for PayPal: 50 a second are 400 of the account's 1,000 concurrent invocations.
  beginPayment: { rateLimit: 50, burstLimit: 200 },
  capturePayment: { rateLimit: 50, burstLimit: 200 },
  cancelPayment: { rateLimit: 50, burstLimit: 200 },
  // PayPal delivers again what was throttled, for three days.
  payPalWebhook: { rateLimit: 200, burstLimit: 400 },
  // Operators sign in a few times a day; a higher rate suggests password guessing.
  signIn: { rateLimit: 5, burstLimit: 10 },
  // Each open tab of the admin console refreshes its token every 15 minutes.
  refresh: { rateLimit: 10, burstLimit: 20 },
  signOut: { rateLimit: 10, burstLimit: 20 },
};

// For 200 shoppers behind one address, each with five requests to either route: changed baskets, a second attempt. A
// challenged browser goes on, up to the second limit.
const SHOPPERS_OF_ADDRESS: FirewallLimits = { challenge: 1000, block: 2000 };

const DEFAULT_FIREWALL: NonNullable<Stage['firewall']> = {
  sessions: SHOPPERS_OF_ADDRESS,
  payments: SHOPPERS_OF_ADDRESS,
  // 20 operators behind one address, with a token to refresh in every tab.
  'sign-in': { challenge: 100, block: 200 },
};

/** What a stage has whatever the context says. */
type StageTable = Omit<
  Stage,
  | 'name'
  | 'settings'
  | 'canary'
  | 'parametersHash'
  | 'storefrontOrigin'
  | 'domain'
  | 'isProtected'
  | 'alarms'
  | 'firewall'
  | 'originCheck'
  | 'reservedConcurrency'
  | 'refundLimit'
  | 'jwksOrigin'
  | 'totp'
>;

const STAGES: Record<StageName, (context: Context) => StageTable> = {
  local: (context) => {
    const simulator = textFrom(context, 'simulatorUrl');
    if (!simulator) throw new Error('stage "local" requires --context simulatorUrl=http://…');
    return {
      retainData: false,
      logRetention: RetentionDays.THREE_DAYS,
      payPal: {
        baseUrl: simulator,
        certOrigins: [simulator],
        certNames: ['messageverificationcerts.sandbox.paypal.com'],
      },
      hostsWeb: false,
      stepRetry: { intervalSeconds: 1, maxAttempts: 2, backoffRate: 1, maxDelaySeconds: 2 },
      intervals: LOCAL_INTERVALS,
      maxPaymentWorkers: 2,
      throttle: DEFAULT_THROTTLE,
      routeThrottles: DEFAULT_ROUTE_THROTTLES,
    };
  },
  sandbox: () => ({
    retainData: false,
    logRetention: RetentionDays.THREE_MONTHS,
    payPal: {
      baseUrl: 'https://api-m.sandbox.paypal.com',
      certOrigins: ['https://api.sandbox.paypal.com'],
      certNames: ['messageverificationcerts.sandbox.paypal.com'],
    },
    hostsWeb: true,
    stepRetry: DEFAULT_STEP_RETRY,
    intervals: DEFAULT_INTERVALS,
    maxPaymentWorkers: 2,
    throttle: DEFAULT_THROTTLE,
    routeThrottles: DEFAULT_ROUTE_THROTTLES,
  }),
  prod: () => ({
    retainData: true,
    logRetention: RetentionDays.ONE_YEAR,
    payPal: {
      baseUrl: 'https://api-m.paypal.com',
      certOrigins: ['https://api.paypal.com'],
      certNames: ['messageverificationcerts.paypal.com'],
    },
    hostsWeb: true,
    stepRetry: DEFAULT_STEP_RETRY,
    intervals: DEFAULT_INTERVALS,
    // Three times what a million payments a month need: docs/decisions/0016.
    maxPaymentWorkers: 10,
    throttle: DEFAULT_THROTTLE,
    routeThrottles: DEFAULT_ROUTE_THROTTLES,
  }),
};

/** Reserved concurrency for which the account's quota is too small. */
const MISSING = 'missing';

/**
 * The stage of `--context stage=…`.
 * @throws Error for an unknown stage, or when another context value is missing.
 */
export function stageFrom(context: Context): Stage {
  const value = textFrom(context, 'stage');
  const name = STAGE_NAMES.find((stage) => stage === value);
  if (!name) throw new Error(`unknown stage "${value}": expected local, sandbox or prod`);
  const storefrontOrigin = textFrom(context, 'storefrontOrigin');
  const jwksOrigin = textFrom(context, 'jwksOrigin');
  const email = textFrom(context, 'alarmEmail');
  const domain = textFrom(context, 'domain');
  const certificateArn = textFrom(context, 'certificateArn');
  if (Boolean(domain) !== Boolean(certificateArn)) throw new Error('domain and certificateArn must be set together');
  const has = (part: SwitchedPart) => isSwitchedOn(name, part, textFrom(context, part));
  return {
    name,
    settings: settingsFrom(context),
    ...STAGES[name](context),
    isProtected: has('protection'),
    canary: has('canary'),
    parametersHash: textFrom(context, 'parameters') ?? 'none',
    originCheck: has('originCheck'),
    totp: has('totp'),
    ...(has('firewall') && { firewall: DEFAULT_FIREWALL }),
    reservedConcurrency:
      textFrom(context, 'reservedConcurrency') !== MISSING && has('reservedConcurrency')
        ? RESERVED_CONCURRENCY[name]
        : {},
    refundLimit: refundLimitFrom(context),
    ...(name === 'local' && jwksOrigin && { jwksOrigin }),
    ...(storefrontOrigin && { storefrontOrigin }),
    ...(domain && certificateArn && { domain: { name: domain, certificateArn } }),
    alarms: { runbook: textFrom(context, 'runbookUrl') ?? 'docs/runbook.md', ...(email && { email }) },
  };
}

/**
 * Of resources that hold the shop's data. What a failed creation leaves is deleted: it holds nothing, and its name
 * would be taken when the deployment is repeated.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export const removalPolicyOf = (stage: Stage): RemovalPolicy =>
  stage.retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;

function textFrom(context: Context, key: string): string | undefined {
  const value: unknown = context.tryGetContext(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const settingsFrom = (context: Context): Settings =>
  Object.fromEntries(
    SETTINGS.flatMap((name) => {
      const value = textFrom(context, name);
      // A quota may be larger at the next deployment.
      return value === undefined || value === MISSING ? [] : [[name, value]];
    }),
  );

/** What is in effect, for operators. */
export function effectiveSettings(stage: Stage): Setting[] {
  const onOff = (isOn: boolean) => (isOn ? 'on' : 'off');
  const values: Readonly<Record<keyof Settings, string | null>> = {
    domain: stage.domain?.name ?? null,
    certificateArn: stage.domain?.certificateArn ?? null,
    alarmEmail: stage.alarms.email ?? null,
    runbookUrl: stage.alarms.runbook,
    refundLimit: String(stage.refundLimit),
    canary: onOff(stage.canary),
    firewall: onOff(stage.firewall !== undefined),
    originCheck: onOff(stage.originCheck),
    reservedConcurrency: onOff(Object.keys(stage.reservedConcurrency).length > 0),
    totp: onOff(stage.totp),
  };
  return SETTINGS.map((name) => ({ name, value: values[name], kept: stage.settings[name] !== undefined }));
}

/** @throws Error for anything but a whole number */
function refundLimitFrom(context: Context): number {
  const value = textFrom(context, 'refundLimit') ?? '1000';
  if (!/^\d{1,7}$/.test(value))
    throw new Error(`invalid refundLimit "${value}": expected a whole number of major units`);
  return Number(value);
}
