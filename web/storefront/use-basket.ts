import { useSyncExternalStore } from 'react';
import { type Basket, EMPTY, parseBasket, serializeBasket } from './basket.ts';

/*
 * The basket is kept in localStorage: it survives a reload and a visit to PayPal, and all tabs share it.
 */

const KEY = 'basket';
const storage = openStorage();
const listeners = new Set<() => void>();

/** The last text read, and its basket: `useSyncExternalStore` needs the same object until the text changes. */
let last: { text: string | null; basket: Basket } = { text: null, basket: EMPTY };

function current(): Basket {
  const text = storage.getItem(KEY);
  if (text !== last.text) last = { text, basket: parseBasket(text) };
  return last.basket;
}

/** Changes the basket, in this and all other tabs. */
export function changeBasket(change: (basket: Basket) => Basket): Basket {
  const before = current();
  const changed = change(before);
  if (changed !== before) {
    storage.setItem(KEY, serializeBasket(changed));
    for (const listener of listeners) listener();
  }
  return changed;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', listener);
  };
}

export const useBasket = (): Basket => useSyncExternalStore(subscribe, current);

/** Falls back to memory where the browser blocks localStorage or its quota is exceeded. */
function openStorage(): Pick<Storage, 'getItem' | 'setItem'> {
  try {
    localStorage.setItem(KEY, localStorage.getItem(KEY) ?? 'null');
    return localStorage;
  } catch {
    const entries = new Map<string, string>();
    return { getItem: (key) => entries.get(key) ?? null, setItem: (key, value) => entries.set(key, value) };
  }
}
