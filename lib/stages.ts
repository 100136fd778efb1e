import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';

/** Every place that the shop can be deployed to. */
export const STAGE_NAMES = ['local', 'sandbox', 'prod'] as const;
/** A place that the shop can be deployed to. */
export type StageName = (typeof STAGE_NAMES)[number];

/** How a step of the settlement is repeated before a person has to look at it. */
export interface StepRetry {
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
}

/** How soon the shop looks after what it was not told, and complains about what is not done. */
export interface Intervals {
  /** Seconds after which PayPal is asked about a payment of which nothing more was heard. */
  readonly dueAfterSeconds: number;
  /** Seconds for which what is in flight is not called broken. */
  readonly graceSeconds: number;
  /** Minutes between two runs of what heals. */
  readonly reconcileEveryMinutes: number;
  /** Minutes between two checks of the books. */
  readonly checkEveryMinutes: number;
}

/** All that differs between stages; whatever is not here is the same everywhere. */
export interface Stage {
  readonly name: StageName;

  /** Whether tables, secret and logs outlive their stack, and tables refuse to be deleted. */
  readonly retainData: boolean;

  readonly logRetention: RetentionDays;

  readonly payPal: {
    /** Origin of the REST API. */
    readonly baseUrl: string;
    /** Origins that may serve the certificates of webhooks. */
    readonly certOrigins: readonly string[];
    /** DNS names, one of which a webhook's certificate must carry. */
    readonly certNames: readonly string[];
  };

  /**
   * Where PayPal sends buyers back to, such as https://shop.example.
   * @default - the deployment asks for it, as a CloudFormation parameter
   */
  readonly storefrontOrigin?: string;

  /** Whether CloudFront serves the pages; otherwise whoever runs the shop has a front door. */
  readonly hostsWeb: boolean;

  /**
   * The shop's own domain name, with its certificate in us-east-1, as CloudFront wants it.
   * @default - CloudFront gives a name
   */
  readonly domain?: { readonly name: string; readonly certificateArn: string };

  readonly stepRetry: StepRetry;

  readonly intervals: Intervals;

  readonly alarms: {
    /** Where docs/runbook.md is to be read; a link when the deployment says where. */
    readonly runbook: string;
    /**
     * Who is told by e-mail. They confirm it by a click in the first message.
     * @default - nobody, until somebody subscribes to the topic
     */
    readonly email?: string;
  };

  /** Requests per second that the HTTP API takes for the whole shop, and how many at once. */
  readonly throttle: { readonly rateLimit: number; readonly burstLimit: number };
}

// 2 + 4 + 8 + 16 + 32 + 60 + 60 + 60 s: four minutes at most (half of it on average, the jitter being full),
// so that a sick service neither stops its siblings soon nor costs many state transitions.
const DEFAULT_STEP_RETRY: StepRetry = { intervalSeconds: 2, maxAttempts: 8, backoffRate: 2, maxDelaySeconds: 60 };

// A buyer needs a minute or two at PayPal, and a settlement's retries take four.
const DEFAULT_INTERVALS: Intervals = {
  dueAfterSeconds: 120,
  graceSeconds: 300,
  reconcileEveryMinutes: 5,
  checkEveryMinutes: 15,
};
// For somebody who watches: what nobody told the shop is found within a minute or so.
const LOCAL_INTERVALS: Intervals = {
  dueAfterSeconds: 15,
  graceSeconds: 15,
  reconcileEveryMinutes: 1,
  checkEveryMinutes: 1,
};

// A shopper's page asks every 2 s: this is a thousand waiting shoppers, far below an account's 10,000 a second.
const DEFAULT_THROTTLE = { rateLimit: 500, burstLimit: 1000 };

const STAGES: Record<StageName, (context: Node) => Omit<Stage, 'name' | 'storefrontOrigin' | 'domain' | 'alarms'>> = {
  local: (context) => {
    const simulator = textFrom(context, 'simulatorUrl');
    if (!simulator) throw new Error('stage local needs the PayPal simulator: --context simulatorUrl=http://…');
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
      throttle: DEFAULT_THROTTLE,
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
    throttle: DEFAULT_THROTTLE,
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
    throttle: DEFAULT_THROTTLE,
  }),
};

/**
 * The stage that `--context stage=…` names.
 * @throws Error when there is no such stage, or it lacks a value that only the command line can give.
 */
export function stageFrom(context: Node): Stage {
  const wanted = textFrom(context, 'stage');
  const name = STAGE_NAMES.find((known) => known === wanted);
  if (!name) throw new Error(`unknown stage ${wanted}: --context stage= takes ${STAGE_NAMES.join(', ')}`);
  const storefrontOrigin = textFrom(context, 'storefrontOrigin');
  const email = textFrom(context, 'alarmEmail');
  const domain = textFrom(context, 'domain');
  const certificateArn = textFrom(context, 'certificateArn');
  if (Boolean(domain) !== Boolean(certificateArn)) throw new Error('domain and certificateArn go together');
  return {
    name,
    ...STAGES[name](context),
    ...(storefrontOrigin && { storefrontOrigin }),
    ...(domain && certificateArn && { domain: { name: domain, certificateArn } }),
    alarms: { runbook: textFrom(context, 'runbookUrl') ?? 'docs/runbook.md', ...(email && { email }) },
  };
}

/** What becomes of a resource with the shop's data when its stack is deleted. */
export const removalPolicyOf = (stage: Stage): RemovalPolicy =>
  stage.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

function textFrom(context: Node, key: string): string | undefined {
  const value: unknown = context.tryGetContext(key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
