import type { OrderBuyer } from './state.ts';

/** The usual buyer, fictional. The name has a non-ASCII letter, to test encodings. */
export const BUYER = {
  email_address: 'buyer@example.com',
  payer_id: 'BUYER22222222',
  name: { given_name: 'Zoë', surname: 'Sample' },
  address: {
    address_line_1: '1 Example Street',
    admin_area_2: 'Exampletown',
    postal_code: '12345',
    country_code: 'DE',
  },
} as const;

/** The buyer's full name, as in a shipping address. */
export const BUYER_NAME = `${BUYER.name.given_name} ${BUYER.name.surname}`;

/** Buyer and shipping address of an order before the control API changes them. */
export const INITIAL_BUYER: OrderBuyer = {
  payer: {
    name: BUYER.name,
    email_address: BUYER.email_address,
    payer_id: BUYER.payer_id,
    address: { country_code: BUYER.address.country_code },
  },
  shipping: undefined,
};

/** Where the fault page's "Change address" ships to. */
export const OTHER_SHIPPING = {
  name: { full_name: 'Ann Other' },
  address: {
    address_line_1: '2 Side Street',
    admin_area_2: 'Othertown',
    postal_code: '54321',
    country_code: 'DE',
  },
} as const;

/** The only merchant. */
export const MERCHANT = { email_address: 'merchant@example.com', merchant_id: 'MERCHANT22222' } as const;
