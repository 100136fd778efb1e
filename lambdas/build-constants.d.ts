/** docs/openapi.yaml as JSON, converted while bundling: see `bundle` in lib/constructs/node-lambda.ts. */
declare const OPENAPI_JSON: string;
