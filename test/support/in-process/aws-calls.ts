import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

/** One request to AWS. `began` and `ended` are positions in this process's sequence of request events. */
export interface AwsCall {
  readonly operation: string;
  readonly began: number;
  readonly ended: number;
}

/** Records requests to an AWS endpoint. */
export interface AwsCalls {
  /** Every request with a response, in the sequence of the responses. */
  readonly calls: AwsCall[];
  stop(): void;
}

/**
 * Records every request that this process sends to an AWS endpoint. It compares sequence instead of time: two requests
 * sent without waiting for a response overlap, even if the first response arrives on a busy machine before the second
 * request does.
 */
export function recordAwsCalls(endpoint: string): AwsCalls {
  const { host } = new URL(endpoint);
  const calls: AwsCall[] = [];
  const open = new Map<ClientRequest, number>();
  let events = 0;

  const onRequest = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    if (request.getHeader('host') === host) open.set(request, ++events);
  };
  const onResponse = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    const began = open.get(request);
    if (began === undefined) return;
    open.delete(request);
    calls.push({ operation: String(request.getHeader('x-amz-target') ?? request.path), began, ended: ++events });
  };
  subscribe('http.client.request.created', onRequest);
  subscribe('http.client.response.finish', onResponse);
  return {
    calls,
    stop() {
      unsubscribe('http.client.request.created', onRequest);
      unsubscribe('http.client.response.finish', onResponse);
    },
  };
}

/** The length of the longest chain of sequential calls: each began after the previous one had ended. */
export function longestChain(calls: readonly AwsCall[]): number {
  const inOrder = calls.toSorted((a, b) => a.began - b.began);
  const chains: number[] = [];
  for (const [i, call] of inOrder.entries()) {
    const before = inOrder.slice(0, i).map((other, j) => (other.ended <= call.began ? (chains[j] ?? 0) : 0));
    chains.push(1 + Math.max(0, ...before));
  }
  return Math.max(0, ...chains);
}
