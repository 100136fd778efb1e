import { ApiProblem, call, paymentOfAddress, show } from './api.js';

const onward = document.querySelector('#onward');

try {
  const { payment_id } = await paymentOfAddress();
  // PayPal sends no event when a buyer turns back, so this page tells the shop; the token shows that it may.
  const token = new URLSearchParams(location.search).get('token');
  await call('POST', `/payments/${payment_id}/cancel`, { body: { token } });
  show('Payment cancelled', 'Nothing was charged. Your items go back into the shop.');
} catch (error) {
  if (error instanceof ApiProblem && error.problem.status === 409) {
    show('This payment has gone through', 'It was complete before you turned back.');
    onward.textContent = 'To your order';
    onward.href = `/checkout/success${location.search}`;
  } else {
    // Without approval there is nothing that PayPal could charge; the reservation runs out by itself.
    show('Payment not completed', 'You have not approved it, so nothing was charged.');
  }
}
