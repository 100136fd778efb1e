/** The most products in one checkout session: few enough that it cannot hold the stock of a whole shop. */
export const MAX_PRODUCTS = 20;

/** The most items of one product; most products have a lower limit of their own. */
export const MAX_QUANTITY = 999;
