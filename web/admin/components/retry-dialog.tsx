import type { Retried } from '../../api/schema.ts';
import * as api from '../api.ts';
import { ReasonDialog } from './reason-dialog.tsx';

const OUTCOMES: Readonly<Record<Retried['settlements'][number]['outcome'], string>> = {
  redriven: 'Resumed at the failed step.',
  restarted: 'Restarted from the beginning. Completed steps take effect only once.',
  started: 'Started. It had never run before.',
  running: 'Already running.',
  succeeded: 'Already succeeded. Only its result had not been recorded.',
};

interface RetryDialogProps {
  paymentId: string;
  settlement: string;
  onRetry?: () => void;
}

export const RetryDialog = ({ paymentId, settlement, onRetry }: RetryDialogProps) => (
  <ReasonDialog
    action="Retry"
    title={`Settlement “${settlement}” of ${paymentId}`}
    size="xs"
    onConfirm={async (reason) => {
      const retried = await api.retrySettlement(paymentId, settlement, reason);
      onRetry?.();
      return retried;
    }}
    renderResult={({ settlements }) =>
      settlements.map(({ outcome }) => OUTCOMES[outcome]).join(' ') || 'Nothing left to retry.'
    }
  >
    Resumes the settlement where it stopped. Completed steps take effect only once, so a retry is safe. If the cause
    persists, the settlement fails again and returns to this list.
  </ReasonDialog>
);
