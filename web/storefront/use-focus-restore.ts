import { type RefObject, useEffect, useRef } from 'react';

/**
 * Restores keyboard focus when a click removes the button that was clicked.
 * @param next finds the element to focus, in the container as it is after the click
 * @returns props of the container
 */
export function useFocusRestore<Container extends HTMLElement>(
  next: (container: Container) => HTMLElement | null | undefined,
): { readonly ref: RefObject<Container | null>; readonly onClickCapture: () => void } {
  const ref = useRef<Container>(null);
  const clicked = useRef(false);
  useEffect(() => {
    const container = ref.current;
    if (clicked.current && container && document.activeElement === document.body)
      next(container)?.focus({ preventScroll: true });
    clicked.current = false;
  });
  return {
    ref,
    onClickCapture: () => {
      clicked.current = true;
    },
  };
}
