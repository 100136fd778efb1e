import { ApiProblem, call, inWords, paymentOfAddress, show } from './api.js';

const EVERY_MS = 2000;
const FOR_MS = 30_000;

const again = document.querySelector('#again');
again.addEventListener('click', () => {
  again.hidden = true;
  show('Processing payment…', 'This takes a few seconds. Please keep this page open.');
  follow();
});
follow();

async function follow() {
  try {
    const { payment_id } = await paymentOfAddress();
    // The webhook captures as well; whichever comes first does it, and nobody is charged twice. So its failure changes nothing here.
    const captured = call('POST', `/payments/${payment_id}/capture`).catch(() => {});
    await Promise.race([captured, pause()]);
    tell(await checkPaymentStatus(payment_id));
  } catch (error) {
    if (error instanceof ApiProblem && error.is('unknown-payment')) {
      show('We do not know this payment', 'Please follow the link that PayPal has sent you back with.');
    } else {
      underWay();
    }
  }
}

/**
 * Asks after a payment every 2 seconds for up to 30.
 * @returns how it has ended, or `open` when it has not: it goes on without this page.
 */
async function checkPaymentStatus(paymentId) {
  const end = Date.now() + FOR_MS;
  let payment;
  while (Date.now() < end) {
    // An answer that does not come is asked for again.
    payment = await call('GET', `/payments/${paymentId}`).catch(() => payment);
    const outcome = payment && outcomeOf(payment);
    if (outcome) return { outcome, payment };
    await pause();
  }
  return { outcome: 'open', payment };
}

function outcomeOf({ status, order }) {
  switch (status) {
    case 'captured':
    case 'partially_refunded':
      return order ? 'bought' : undefined;
    case 'refunded':
    case 'reversed':
      return 'refunded';
    case 'cancelled':
    case 'failed':
    case 'expired':
      return 'failed';
    case 'review':
      return 'review';
  }
}

function tell({ outcome, payment }) {
  switch (outcome) {
    case 'bought':
      showOrder(payment.order);
      return show('Thank you for your order', 'Your payment has arrived.');
    case 'refunded':
      return show(
        'Your money is on its way back',
        'We could not deliver this order. PayPal has been told to refund it in full.',
      );
    case 'failed':
      return show('The payment did not go through', 'Nothing was charged. Your items go back into the shop.');
    case 'review':
      return show(
        'We are looking at your payment',
        'It differs from what we asked for, so a person decides. You need not pay again.',
      );
    default:
      underWay(payment);
  }
}

function underWay(payment) {
  const clearing = payment?.status === 'capture_pending';
  show(
    clearing ? 'PayPal is still clearing your payment' : 'We have your payment under way',
    clearing
      ? 'This may take some days. Your items stay reserved, and we ship when it is through. You need not pay again.'
      : 'It takes longer than usual, and goes on without this page. You will not be charged twice.',
  );
  again.hidden = false;
}

function showOrder({ order_id, items, amount }) {
  document.querySelector('#order-id').textContent = order_id;
  document.querySelector('#order-amount').textContent = inWords(amount);
  document.querySelector('#order-items').replaceChildren(
    ...items.map(({ name, quantity, unit_price }) => {
      const item = document.createElement('li');
      item.textContent = `${quantity} × ${name}, ${inWords(unit_price)} each`;
      return item;
    }),
  );
  document.querySelector('#order').hidden = false;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, EVERY_MS));
