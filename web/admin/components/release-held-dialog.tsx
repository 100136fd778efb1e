import { useState } from 'react';
import * as api from '../api.ts';
import { formatCount } from '../format.ts';
import { ReasonDialog } from './reason-dialog.tsx';

/** Releases what sessions without payment hold of a product. */
export function ReleaseHeldDialog({ sku }: { sku: string }) {
  const [sessions, setSessions] = useState<number>();
  return (
    <ReasonDialog
      action="Release"
      title={`Stock of ${sku} held without payment`}
      size="xs"
      onConfirm={(reason) => api.releaseHeldStock(sku, reason, setSessions).finally(() => setSessions(undefined))}
      renderResult={({ released, remaining }) => (
        <>
          <strong>
            {formatCount(released.pieces, 'item')} of {formatCount(released.sessions, 'session')} released.
          </strong>{' '}
          {remaining ? 'Some sessions couldn’t be released: try again.' : 'The check is updated within minutes.'}
        </>
      )}
    >
      Closes the checkout sessions that hold this product without a payment, and makes all their items available again.
      Shoppers among them have to start their checkout again. A session whose payment has begun keeps its items.
      {sessions !== undefined && <p role="status">{formatCount(sessions, 'session')} released so far…</p>}
    </ReasonDialog>
  );
}
