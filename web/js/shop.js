import { ApiProblem, call, inWords } from './api.js';

const list = document.querySelector('#products');
const button = document.querySelector('#check-out');
const total = document.querySelector('#total');
const message = document.querySelector('#message');
const template = document.querySelector('#product').content;

/** By SKU. */
let products = new Map();
/** The attempt to buy what is now in the cart: repeating it does not reserve twice. */
let attempt;

document.querySelector('#cart').addEventListener('submit', (event) => {
  event.preventDefault();
  checkOut();
});
list.addEventListener('input', () => {
  attempt = undefined;
  showTotal();
});
// Also when the buyer comes back from PayPal by the browser's button.
addEventListener('pageshow', () => load());

async function load() {
  try {
    const answer = await call('GET', '/products');
    products = new Map(answer.products.map((product) => [product.sku, product]));
    const wanted = new Map(cart().map(({ sku, quantity }) => [sku, quantity]));
    list.replaceChildren(...answer.products.map((product) => row(product, wanted.get(product.sku) ?? 0)));
    list.removeAttribute('aria-busy');
    say('');
  } catch {
    say('The shop does not answer. Please reload the page in a moment.');
  }
  showTotal();
}

function row({ sku, name, unit_price, available }, quantity) {
  const item = template.cloneNode(true);
  const input = item.querySelector('input');
  item.querySelector('.name').textContent = name;
  item.querySelector('.price').textContent = inWords(unit_price);
  item.querySelector('.stock').textContent = available > 0 ? `${available} left` : 'sold out';
  input.name = sku;
  input.max = available;
  input.disabled = available === 0;
  input.value = Math.min(quantity, available);
  return item;
}

const cart = () =>
  [...list.querySelectorAll('input')]
    .map(({ name, valueAsNumber }) => ({ sku: name, quantity: valueAsNumber }))
    .filter(({ quantity }) => quantity > 0);

function showTotal() {
  const items = cart();
  const prices = items.map(({ sku, quantity }) => ({ ...products.get(sku).unit_price, quantity }));
  // For show only: what is charged, the shop computes.
  const value = prices.reduce((sum, price) => sum + Number(price.value) * price.quantity, 0);
  total.textContent = prices.length > 0 ? inWords({ ...prices[0], value }) : '';
  button.disabled = items.length === 0;
}

async function checkOut() {
  button.disabled = true;
  say('Reserving your items…');
  attempt ??= { items: cart(), key: crypto.randomUUID() };
  try {
    attempt.session ??= await call('POST', '/checkout-sessions', { body: { items: attempt.items }, key: attempt.key });
    const { checkout_session_id } = attempt.session;
    const { approve_url } = await call('POST', '/payments', { body: { checkout_session_id } });
    say('Taking you to PayPal…');
    location.assign(approve_url);
  } catch (error) {
    await explain(error);
    button.disabled = false;
  }
}

async function explain(error) {
  if (!(error instanceof ApiProblem)) {
    say('The shop does not answer. Nothing was charged; please try again.');
  } else if (error.is('paypal-unavailable')) {
    say('PayPal does not answer at the moment. Nothing was charged; your items stay reserved. Please try again.');
  } else {
    attempt = undefined;
    await load();
    say(error.is('out-of-stock') ? `Not enough left: ${shortages(error.problem)}.` : error.message);
  }
}

const shortages = ({ items }) =>
  items.map(({ sku, available }) => `${products.get(sku)?.name ?? sku} (${available})`).join(', ');

function say(text) {
  message.textContent = text;
}
