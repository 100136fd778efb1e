/** List prices of us-east-1 in US dollars, without free tiers. */
export const PRICES = {
  /** Per state transition of a Standard workflow: https://aws.amazon.com/step-functions/pricing/ */
  transition: 0.025 / 1000,
  /** Per on-demand request unit: https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  /** Per invocation, and per GB-second on ARM: https://aws.amazon.com/lambda/pricing/ */
  invocation: 0.2 / 1e6,
  gbSecond: 0.0000133334,
  /** Per request of an HTTP API: https://aws.amazon.com/api-gateway/pricing/ */
  apiRequest: 1 / 1e6,
  /** Per HTTPS request from North America: https://aws.amazon.com/cloudfront/pricing/ */
  frontDoorRequest: 1 / 1e6,
  /** Per GB that CloudWatch Logs ingests: https://aws.amazon.com/cloudwatch/pricing/ */
  logGb: 0.5,
} as const;

/** What is not counted, but estimated. */
export const ESTIMATES = {
  /** Seconds of an invocation: most of it waits for DynamoDB and PayPal. */
  invocationSeconds: 0.1,
  /** Bytes that Lambda and the function log per invocation, and the HTTP API per request. */
  invocationLogBytes: 900,
  requestLogBytes: 400,
} as const;
